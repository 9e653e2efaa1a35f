"""An explained page for a terminal: what was read, where the text was found, and every line with its fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from pantau.show import console, plain
from pipeline.explain import Explanation, Piece
from pipeline.explain_policy import PolicyExplanation, Weighed, explain_policy
from pipeline.records import Article

_TEXT_CHARS = 90
_SENTENCE_CHARS = 200
_SHARES = 8


def show_explanation(explanation: Explanation) -> None:
    """Print why a page reads as it does."""
    _say((f"{name:<10} {value}" for name, value in _facts(explanation)), wraps=True)
    _say(_row(number, piece) for number, piece in enumerate(explanation.pieces, 1))


def _facts(explanation: Explanation) -> list[tuple[str, str]]:
    article = explanation.article
    found = "by the catalogue's hint" if explanation.by_hint else f"holds {explanation.share:.0%} of the page's prose"
    removed = sum(piece.kind != "kept" for piece in explanation.pieces)
    return [
        ("verdict", f"{article.verdict}, {article.extent}, confidence {article.confidence:.2f}"),
        ("headline", article.headline or "none found"),
        ("published", _published(article)),
        ("authors", ", ".join(article.authors) or "none found"),
        ("editors", ", ".join(article.editors) or "none found"),
        ("next page", article.next_page_url or "none"),
        (
            "container",
            f"{explanation.container} ({found})" if explanation.container else "none: the page holds no text",
        ),
        ("lines", f"{len(explanation.pieces) - removed} kept, {removed} removed"),
    ]


def _published(article: Article) -> str:
    if article.date_published is None:
        return "none found"
    return f'{article.date_published} from "{article.date_published_raw}", zone {article.date_published_zone}'


def _row(number: int, piece: Piece) -> str:
    text = piece.text if len(piece.text) <= _TEXT_CHARS else f"{piece.text[: _TEXT_CHARS - 1]}…"
    inside = "cut out of it: " if piece.is_inside else ""
    return f"{number:>4} {piece.kind:<9} {piece.rule or '':<22} {inside}{text}  [{piece.place}]"


def show_policy_explanation(row: dict[str, Any]) -> None:
    """Print why an article ({"headline", "article_body", …}) tells of a policy change, or of none."""
    told = explain_policy(
        str(row.get("headline") or ""),
        str(row.get("article_body") or ""),
        row.get("date_published"),
        row.get("in_language"),
    )
    lines = [f"article    {row.get('id', '')} {row.get('headline') or ''}", *_outcome(told)]
    for sentence in told.sentences:
        lines.append(f"{sentence.number:>4} {sentence.text[:_SENTENCE_CHARS]}")
        lines.append(f"     platforms: {_listed(sentence.platforms)} · acts: {_listed(sentence.acts)}")
        lines += [f"     {_weighed(reading, told)}" for reading in sentence.readings]
    _say(lines)


def _say(lines: Iterable[str], *, wraps: bool = False) -> None:
    out = console()
    for line in lines:
        out.print(Text(plain(line)), soft_wrap=not wraps)


def _outcome(told: PolicyExplanation) -> list[str]:
    found = told.annotation
    if not found.read:
        return ["outcome    not read: there are no rules for its language"]
    if not found.policy_changes:
        return [f"outcome    no policy change: {found.negative_kind} (“{found.reason or ''}”)"]
    return [
        f"outcome    {change.company} > {change.product or '–'}: {change.action}, {change.object}, {change.status}"
        f"{', doubtful' if change.doubtful else ''}"
        for change in found.policy_changes
    ]


def _weighed(reading: Weighed, told: PolicyExplanation) -> str:
    below_sure = "doubtful" if reading.points >= told.possible else "too little"
    verdict = "sure" if reading.points >= told.sure else below_sure
    shares = ", ".join(f"{name} {points:+.2f}" for name, points in reading.shares[:_SHARES])
    return (
        f"{reading.points:+.2f} {verdict} (possible {told.possible:+.2f}, sure {told.sure:+.2f}): {reading.company} "
        f"{reading.action} {reading.object} by “{reading.words}”; {shares}"
    )


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items) or "none"
