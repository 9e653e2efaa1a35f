"""Why a page reads as it does: where its text was found, and of each line whether it stayed or which rule took it."""

from typing import Any, Literal

import msgspec

from pipeline.records import Article, Page, RemovedKind
from pipeline.run import read_and_look
from pipeline.steps.assemble import cut_glued
from pipeline.steps.lines import Fragment, Line

_STEPS = 4


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the container, or what was cut out of the inside of one (`is_inside`).

    `kind` is `kept` or what it was removed as, `rule` the id of the rule that took it, `place` the nearest elements around it.
    """

    kind: RemovedKind | Literal["kept"]
    rule: str | None
    place: str
    text: str
    is_inside: bool = False


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A page's article, its container as a path of elements, what share of the page's prose that holds, and all its lines."""

    article: Article
    container: str | None
    by_hint: bool
    share: float
    pieces: tuple[Piece, ...]


def explain(page: Page) -> Explanation:
    """Read a page and tell why each line of its container stayed or went."""
    article, look = read_and_look(page)
    if look is None or look.located is None or article.verdict == "empty":
        return Explanation(article=article, container=None, by_hint=False, share=0.0, pieces=())
    pieces: list[Piece] = []
    last = max((i for i, fate in enumerate(look.fates) if fate is None), default=-1)
    for index, (line, fate) in enumerate(zip(look.fragment.lines, look.fates, strict=True)):
        place = _place(look.fragment, line)
        if fate is not None:
            pieces.append(Piece(kind=fate.kind, rule=fate.rule, place=place, text=line.text))
            continue
        text, cuts = cut_glued(line, is_last=index == last)
        pieces.append(Piece(kind="kept", rule=None, place=place, text=text))
        pieces += [
            Piece(kind=kind, rule=rule, place=place, text=piece, is_inside=True) for kind, rule, piece, _ in cuts
        ]
    return Explanation(
        article=article,
        container=_path(look.located.element),
        by_hint=look.located.by_hint,
        share=look.located.share,
        pieces=tuple(pieces),
    )


def _place(fragment: Fragment, line: Line) -> str:
    # The first number is the fragment's own root, the second the container.
    return " > ".join(_named(fragment.tags[n], fragment.names[n]) for n in line.path[2:][-_STEPS:]) or "container"


def _path(element: Any) -> str:
    around = [element, *element.iterancestors()][::-1]
    return " > ".join(_named(e.tag, f"{e.get('class') or ''} {e.get('id') or ''}") for e in around if e.tag != "html")


def _named(tag: str, names: str) -> str:
    return ".".join([tag, *names.split()[:2]])
