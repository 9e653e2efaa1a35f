"""Lines to a body: what stays becomes blocks, what goes is kept with its kind and rule.

A line goes by its shape (a label and a link, a label and a title), by the markup around it where that is a small part of the
article, or by its being links only; never because a sentence holds a phrase.
"""

import re
from collections.abc import Sequence

from pipeline.records import RemovedKind
from pipeline.rules.noise_rules import LineRule, head_rules, tail_rules
from pipeline.steps.assemble import SIGNATURE, Cleaned, assemble
from pipeline.steps.decode import key_of
from pipeline.steps.lines import Fragment, Line, ends_sentence
from pipeline.steps.match import Fate, markup_rule, rule_for

_SIGNATURE_LINE = re.compile(r"\([A-Z][\w.]+(?: [A-Z][\w.]+){0,2}/[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}\)")
_ENDS_IN_CREDIT = re.compile(
    r"(?:\((?:image|photo|picture|credit|foto|gambar|ilustrasi|dok|AP photo)s?\b[^()]{0,80}\)|"
    r"(?:^|(?<=[.!?”\")] ))(?:photo|photograph|image|picture|foto|gambar|ilustrasi)s?(?: credit| by| oleh)?\s?:\s?[^.!?]{2,60}|--\s?ig\s?@[\w .]+|-{2,3}\s?AI[- ]generated|"
    r"\b(?:getty images|shutterstock|unsplash|pexels|istock|depositphotos|antara foto)[^.]{0,40})[.\])]*$",
    re.IGNORECASE,
)
_CAPTION_CHARS = 320
_SMALL_PART = 0.35
_MOST_TAKEN = 0.7
_SURE_RULES = frozenset({"markup-figure", "markup-read-also"})
_SENTENCE_CHARS = 60
_TAIL_LINES = 3
_ITEM_CHARS = 40
_ADDRESS = re.compile(r"https?://\S+")


_TAG_FATES = {
    "aside": Fate("related", "markup-aside"),
    "footer": Fate("other", "markup-footer"),
    "header": Fate("other", "markup-header"),
    "figure": Fate("caption", "markup-figure"),
    "figcaption": Fate("caption", "markup-figure"),
    "amp-img": Fate("caption", "markup-figure"),
}
_HEAD_RULES = head_rules() | {"markup-header"}
_FIGURES = frozenset({"figure", "figcaption", "amp-img"})
# A photo story's captions may be most of it; a figure that holds more was never closed.
_FIGURE_CHARS = 1_000
_TEXT_TAGS = frozenset({"p", "blockquote", "ul", "ol"})
_LONG_CHARS = 200
_ALL_LINK = 0.8
# Boxes of these kinds are lists of links and labels: one that is mostly sentences has its name from something else.
_LINK_KINDS = frozenset({"related", "video", "ad", "share", "pager", "tags"})


def clean(fragment: Fragment, headline: str | None, hinted: dict[int, RemovedKind] | None = None) -> Cleaned:
    """Return what is body, caption and noise in a fragment's lines."""
    fates = decide(fragment, headline, hinted or {})
    return assemble(fragment.lines, fates)


def decide(fragment: Fragment, headline: str | None, hinted: dict[int, RemovedKind]) -> list[Fate | None]:
    """Return for each line why it goes, `None` where it stays."""
    lines = fragment.lines
    fates: list[Fate | None] = [_by_hint(line, hinted) for line in lines]
    _by_markup(fragment, fates)
    _by_phrase(lines, fates)
    _by_credit(lines, fates)
    _by_links(lines, fates)
    _by_place(lines, fates, headline)
    return fates


def _by_hint(line: Line, hinted: dict[int, RemovedKind]) -> Fate | None:
    return next((Fate(hinted[number], "layout") for number in line.path if number in hinted), None)


def _by_markup(fragment: Fragment, fates: list[Fate | None]) -> None:
    marked = _marked_elements(fragment)
    for index, line in enumerate(fragment.lines):
        if fates[index] is None:
            hit = next((marked[number] for number in line.path if number in marked), None)
            # Words tell the kind better than the box around them: a box of related links may hold the label of an advertisement.
            rule = rule_for(line) if hit else None
            fates[index] = Fate(rule.kind, rule.id) if rule else hit


def _marked_elements(fragment: Fragment) -> dict[int, Fate]:
    """Return the elements whose tag or names tell noise, by number; one that holds much of the article is a wrapper."""
    sizes: dict[int, int] = {}
    prose: dict[int, int] = {}
    for line in fragment.lines:
        told = -_LONG_CHARS if line.link_share > _ALL_LINK else len(line.text) if _is_prose(line) else 0
        for number in line.path:
            sizes[number] = sizes.get(number, 0) + len(line.text)
            prose[number] = prose.get(number, 0) + told
    most = _SMALL_PART * (sum(len(line.text) for line in fragment.lines) or 1)
    marked: dict[int, Fate] = {}
    for number, (tag, names) in enumerate(zip(fragment.tags, fragment.names, strict=True)):
        size = sizes.get(number, 0)
        if size > (max(most, _FIGURE_CHARS) if tag in _FIGURES else most):
            continue
        found = _TAG_FATES.get(tag) or (markup_rule(names) if names else None)
        is_text = found is not None and found.kind in ("credit", "other") and tag in _TEXT_TAGS and size > _LONG_CHARS
        tells = found is not None and found.kind in _LINK_KINDS and prose.get(number, 0) >= max(_LONG_CHARS, 0.6 * size)
        if found and not is_text and not tells:
            marked[number] = found
    return _sparing(_in_their_place(marked, fragment.lines), fragment.lines)


def _in_their_place(marked: dict[int, Fate], lines: Sequence[Line]) -> dict[int, Fate]:
    """Leave out the elements behind the first sentence of the body whose rule holds in front of it only."""
    behind: set[int] = set()
    has_begun = False
    for line in lines:
        hits = [number for number in line.path if number in marked]
        if has_begun:
            behind.update(number for number in hits if marked[number].rule in _HEAD_RULES)
        has_begun = has_begun or (not hits and _is_prose(line))
    return {number: fate for number, fate in marked.items() if number not in behind}


def _sparing(marked: dict[int, Fate], lines: Sequence[Line]) -> dict[int, Fate]:
    """Leave out a rule that would take most of the sentences: such a page is made of what elsewhere stands beside the text."""
    taken: dict[str, int] = {}
    total = 0
    for line in lines:
        if not _is_prose(line):
            continue
        total += len(line.text)
        hit = next((marked[number] for number in line.path if number in marked), None)
        if hit:
            taken[hit.rule] = taken.get(hit.rule, 0) + len(line.text)
    spared = {rule for rule, chars in taken.items() if chars > _MOST_TAKEN * total and rule not in _SURE_RULES}
    return {number: fate for number, fate in marked.items() if fate.rule not in spared}


def _by_phrase(lines: Sequence[Line], fates: list[Fate | None]) -> None:
    following: Fate | None = None
    prose = [index for index, line in enumerate(lines) if fates[index] is None and _is_prose(line)]
    for index, line in enumerate(lines):
        if fates[index] is not None:
            continue
        if following and _goes_along(line, following):
            fates[index] = following
            continue
        following = None
        rule = rule_for(line)
        if rule is None or not _is_in_place(rule, index, prose):
            continue
        fates[index] = Fate(rule.kind, rule.id)
        is_label = rule.shape == "label_alone" or (rule.shape == "label_link" and rule.regex.fullmatch(line.text))
        if is_label or rule.kind == "channel":
            following = fates[index]


def _goes_along(line: Line, label: Fate) -> bool:
    """Return whether a line goes with the label in front of it: a link, or what an invitation lists."""
    if label.kind == "channel":
        return line.kind == "list_item" and len(line.text) <= _ITEM_CHARS and not ends_sentence(line.text)
    return line.link_share > (0.5 if line.kind == "list_item" else 0.8)


def _is_in_place(rule: LineRule, index: int, prose: Sequence[int]) -> bool:
    """Return whether a line stands where its rule holds: anywhere, or with a sentence or two behind it at most."""
    return rule.where != "tail" or len(prose) < _TAIL_LINES or index >= prose[-_TAIL_LINES]


def _by_credit(lines: Sequence[Line], fates: list[Fate | None]) -> None:
    """A short line that ends in a picture's credit is its caption."""
    for index, line in enumerate(lines):
        if fates[index] is None and len(line.text) <= _CAPTION_CHARS and _ENDS_IN_CREDIT.search(line.text):
            fates[index] = Fate("caption", "credit-at-end")


def _by_links(lines: Sequence[Line], fates: list[Fate | None]) -> None:
    """Lines that are nothing but a link, and no sentence, are related titles; but not the items of a list that a line announces."""
    announced = False
    for index, line in enumerate(lines):
        if fates[index] is not None or line.in_table:
            continue
        if line.link_share < 0.85 or line.kind == "heading":
            announced = line.text.endswith(":") or (announced and line.kind == "list_item")
            continue
        if announced and line.kind == "list_item":
            continue
        announced = False
        is_sentence = len(line.text) > _SENTENCE_CHARS and line.kind != "list_item" and ends_sentence(line.text)
        goes_on = index > 0 and lines[index - 1].group == line.group and _ADDRESS.fullmatch(line.text)
        if not (is_sentence or goes_on):
            fates[index] = Fate("related", "links-only")


def _by_place(lines: Sequence[Line], fates: list[Fate | None], headline: str | None) -> None:
    """The headline repeated, scraps before the first sentence, signatures and headings behind the last."""
    kept = [index for index, fate in enumerate(fates) if fate is None]
    title = key_of(headline or "")
    prose = [i for i in kept if _is_prose(lines[i])]
    first = prose[0] if prose else None
    for index in kept:
        line = lines[index]
        if title and (first is None or index <= first) and key_of(line.text) == title:
            fates[index] = Fate("other", "headline-repeated")
        elif first is not None and index < first and _is_scrap(line):
            fates[index] = Fate("other", "scrap-before-body")
    last = prose[-1] if prose else None
    if last is None:
        return
    for index in kept:
        if fates[index] is not None:
            continue
        line = lines[index]
        rule = next(
            (r for r in tail_rules() if index >= last - 1 and len(line.text) <= 400 and r.regex.fullmatch(line.text)),
            None,
        )
        if rule:
            fates[index] = Fate(rule.kind, rule.id)
        elif index > last and line.kind == "heading" and not _goes_on(fates[index + 1 :]):
            fates[index] = Fate("related", "heading-behind-body")
        elif index > last and (SIGNATURE.fullmatch(line.text) or _SIGNATURE_LINE.fullmatch(line.text)):
            fates[index] = Fate("signature", "signature-line")


def _goes_on(following: Sequence[Fate | None]) -> bool:
    # A sub-heading at the end of a page whose text goes on elsewhere: behind it stands at most a read-also line.
    return bool(following) and following[0] is not None and following[0].kind == "read_also"


def _is_prose(line: Line) -> bool:
    return line.kind != "heading" and (len(line.text) >= 80 or (len(line.text) >= 40 and ends_sentence(line.text)))


def _is_scrap(line: Line) -> bool:
    return (
        line.kind != "heading" and len(line.text) < 40 and not ends_sentence(line.text) and line.tag not in ("li", "p")
    )
