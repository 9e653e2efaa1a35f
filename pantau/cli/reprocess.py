"""`pantau reprocess`: stored articles under today's rules, the difference first."""

import difflib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import TYPE_CHECKING, Literal

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from pantau.cli.context import open_store, set_up_log, settings_of
from pantau.show import plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from pantau.reprocess import Progress
    from pantau.tally import Tally

_EVERY_S = 5.0


@click.command(epilog="Example: pantau reprocess --only disway --since 2026-01-01")
@click.option("--only", "only", multiple=True, metavar="SOURCE", help="Only articles of this source; may be repeated.")
@click.option("--since", metavar="DATE", help="Only articles first seen on this day (2026-01-31, UTC) or later.")
@click.option("--apply", "writes", is_flag=True, help="Write what differs; without it nothing is written.")
@click.option(
    "--samples", type=click.IntRange(0, 500), default=20, show_default=True, help="Show so many articles in full."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def reprocess(
    ctx: click.Context,
    only: tuple[str, ...],
    since: str | None,
    writes: bool,
    samples: int,
    form: Literal["table", "json"],
) -> None:
    """Read the archived bytes of stored articles again under today's rules, and show what differs.

    With --apply, new texts become versions with cause `extractor`, and entries are told and linked anew; what they said before is kept.
    A run that was stopped goes on when the same command is given again.
    """
    from crawlers.catalogue import load as load_catalogue  # noqa: PLC0415 - `--help` must not load what reads
    from db.archive import Archive  # noqa: PLC0415 - the same
    from db.engine import reading  # noqa: PLC0415 - the same
    from db.reprocess import Which, known_sources  # noqa: PLC0415 - the same
    from pantau.clock import open_clock  # noqa: PLC0415 - the same
    from pantau.reprocess import Reprocess, workers  # noqa: PLC0415 - the same

    settings = settings_of(ctx)
    set_up_log(debug=ctx.obj["debug"])
    moment = _moment(since)
    catalogue = load_catalogue(settings.catalogue_folder)
    with open_store(settings) as engine:
        with reading(engine) as conn:
            _check_sources(only, known_sources(conn) | {source.id for source in catalogue.sources})
        with workers(settings.read) as readers, _progress() as tell:
            work = Reprocess(
                engine,
                Archive(settings.archive_folder),
                catalogue,
                readers,
                which=Which(only=tuple(sorted(set(only))), since=moment),
                samples=samples,
                say=lambda text: click.echo(text, err=True),
                tell=tell,
            )
            try:
                tally = work.run(open_clock(settings.now).now, writes=writes)
            except KeyboardInterrupt as error:
                ending = (
                    "what was written stays, the same command goes on from there" if writes else "nothing was written"
                )
                raise click.ClickException(f"stopped; {ending}.") from error
    _show(tally, form)
    if tally.articles and tally.articles == sum(tally.unreadable.values()):
        raise click.ClickException("no article could be read again; `pantau db check` says what the archive lacks.")


def _moment(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(since), clock_time.min, UTC)
    except ValueError as error:
        raise click.BadParameter(f"{since!r} is no day; write it as 2026-01-31", param_hint="--since") from error


def _check_sources(only: tuple[str, ...], known: "Collection[str]") -> None:
    for name in only:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`pantau sources list` names them"
            raise click.BadParameter(f"there is no source {name!r}; {hint}", param_hint="--only")


def _show(tally: "Tally", form: str) -> None:
    from pantau.tally import lines_of, sample_lines  # noqa: PLC0415 - the same

    if form == "json":
        found = msgspec.to_builtins(tally)
        del found["samples_wanted"]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for line in lines_of(tally):
        click.echo(plain(line))
    for difference in tally.samples:
        click.echo()
        for line in sample_lines(difference):
            click.echo(plain(line))
    if tally.differing > len(tally.samples):
        click.echo(f"\n… and {tally.differing - len(tally.samples):,} more; --samples shows more of them.")
    if tally.applied:
        click.echo("\nWritten." if tally.differing or tally.retold else "\nThere was nothing to write.")
    elif tally.differing:
        click.echo("\nNothing was written; --apply writes it.")


@contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """Yield what shows progress on standard error: a bar on a terminal, else a line every few seconds."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    columns = (
        TextColumn("Reading again"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[differ]} differ"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, differ=0)
        yield lambda at: bar.update(task, completed=at.done, total=at.total, differ=at.differing)


def _lines() -> "Callable[[Progress], None]":
    last = time.monotonic()

    def tell(at: "Progress") -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY_S:
            last = time.monotonic()
            click.echo(f"{at.done:,} of {at.total:,} articles read again, {at.differing:,} differ", err=True)

    return tell
