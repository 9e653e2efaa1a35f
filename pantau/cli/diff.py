"""`pantau diff`: what changed between two versions of an article."""

import difflib
from collections.abc import Iterator, Sequence

import click

from db.engine import reading
from db.versions import ArticleName, Version, VersionName, find_article, version_of, versions_of
from pantau.cli.context import open_store, settings_of
from pantau.show import plain

# So many equal lines beside a difference are shown, the others are counted.
_CONTEXT = 1
_CONTEXT_CHARS = 120


@click.command(epilog="Example: pantau diff 12 1 3")
@click.argument("article")
@click.argument("seqs", metavar="[SEQ SEQ]", nargs=-1, type=click.IntRange(1))
@click.pass_context
def diff(ctx: click.Context, article: str, seqs: tuple[int, ...]) -> None:
    """Show what differs between two versions of an ARTICLE, which is named by its id or its address.

    Without SEQ, the last version is compared with the one before it; `-` marks what the older version says, `+` what the newer says.
    """
    if len(seqs) not in (0, 2):
        raise click.UsageError("name two versions, or none for the last two")
    with open_store(settings_of(ctx)) as engine, reading(engine) as conn:
        found = find_article(conn, article)
        if found is None:
            raise click.ClickException(
                f"there is no article {plain(article)}; `pantau sql` names them in its view `articles`"
            )
        known = versions_of(conn, found.id)
        pair = _pair(found, known, seqs)
        versions = [version_of(conn, name.id) for name in pair]
    click.echo(f"article {found.id} · {plain(found.outlet)} · {plain(found.url)}")
    for name in known:
        mark = "*" if name in pair else " "
        click.echo(
            f"{mark} version {name.seq}  {plain(name.observed_at)}  {name.cause} (extractor {plain(name.extractor_version)})"
        )
    if len(versions) < 2:
        click.echo("There is one version only, so there is nothing to compare.")
        return
    lines = list(_sections(*versions))
    for line in lines or ["The two say the same."]:
        click.echo(line)


def _pair(article: ArticleName, known: Sequence[VersionName], seqs: tuple[int, ...]) -> list[VersionName]:
    by_seq = {name.seq: name for name in known}
    missing = [seq for seq in seqs if seq not in by_seq]
    if missing:
        raise click.ClickException(
            f"article {article.id} has no version {missing[0]}; it has {', '.join(map(str, by_seq))}"
        )
    return [by_seq[seq] for seq in seqs] if seqs else list(known[-2:])


def _sections(old: Version, new: Version) -> Iterator[str]:
    parts = {
        "headline": ([old.headline or ""], [new.headline or ""]),
        "published": ([plain(old.date_published)], [plain(new.date_published)]),
        "extent": ([old.extent], [new.extent]),
        "credits": ([f"{role}: {who}" for role, who in old.credits], [f"{role}: {who}" for role, who in new.credits]),
        "body": (old.paragraphs, new.paragraphs),
        "removed": (
            [f"[{kind}, {rule}] {text}" for kind, rule, text in old.removed],
            [f"[{kind}, {rule}] {text}" for kind, rule, text in new.removed],
        ),
    }
    for name, (before, after) in parts.items():
        if before != after:
            yield f"\n{name}"
            yield from _lines(before, after)


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield what differs, line by line, with what stands beside it."""
    matcher = difflib.SequenceMatcher(None, old, new)
    blocks = matcher.get_opcodes()
    for number, (tag, old_from, old_to, new_from, new_to) in enumerate(blocks):
        if tag == "equal":
            yield from _equal(old[old_from:old_to], is_first=number == 0, is_last=number == len(blocks) - 1)
            continue
        yield from (f"- {plain(line)}" for line in old[old_from:old_to] if line)
        yield from (f"+ {plain(line)}" for line in new[new_from:new_to] if line)


def _equal(lines: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[str]:
    head = [] if is_first else lines[:_CONTEXT]
    tail = [] if is_last else lines[max(len(head), len(lines) - _CONTEXT) :]
    left_out = len(lines) - len(head) - len(tail)
    yield from (_short(line) for line in head)
    if left_out:
        yield f"  … {left_out} the same"
    yield from (_short(line) for line in tail)


def _short(line: str) -> str:
    text = plain(line)
    return f"  {text[:_CONTEXT_CHARS]}{'…' if len(text) > _CONTEXT_CHARS else ''}"
