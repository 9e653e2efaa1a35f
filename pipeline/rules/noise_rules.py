"""The noise rules as records, read once from their data files."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.records import RemovedKind

_FOLDER = Path(__file__).with_name("noise")
# Where two languages say the same, the first one's rule is named.
_FILES = ("id", "en", "ms", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "more")

Shape = Literal["line", "label_link", "label_alone", "anywhere", "tail"]
Where = Literal["anywhere", "head", "tail"]

# Bullets, arrows and brackets around a phrase say nothing.
_BEFORE = r"[\s,•·●○■◆▼▶►▷»›>≫＞*#_|–—~¿¡(\[【《〈［（※・→⇒-]*"
_BEHIND = r"[\s:：…»›>≫→⇒▶►*_|–—~)\]】》〉］）-]*"
# Letters that stand for another one when case is ignored, beside its capital.
_TWINS = "ſıİK"


class LineRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A line that is noise by its words and its shape; `example` is one, `counter` only looks like one.

    Each line of `pattern` is one wording. `where` says in which part of an article the rule holds: in front of the first
    paragraph, behind the last, or anywhere; `most` how many characters the line may have.
    """

    id: str
    kind: RemovedKind
    shape: Shape
    pattern: str
    example: str
    counter: str
    where: Where = "anywhere"
    most: int | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the wordings, compiled, in any case."""
        return re.compile(f"{self.limit}{_BEFORE}(?:{'|'.join(self.wordings)}){self.ending}", re.IGNORECASE)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Return the patterns of the rule's wordings, one each."""
        return tuple(self.pattern.split("\n"))

    @property
    def ending(self) -> str:
        """Return what may follow a wording: nothing but marks where the whole line must match."""
        return "" if self.shape in ("label_link", "anywhere") else _BEHIND

    @property
    def limit(self) -> str:
        """Return a pattern without width that a longer line than the rule allows does not match."""
        return "" if self.most is None else _no_longer_than(self.most)


class MarkupRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An element that is noise by a word of its class or id."""

    id: str
    kind: RemovedKind
    words: tuple[str, ...]


@cache
def line_rules() -> tuple[LineRule, ...]:
    """Return the rules on lines, in the order of their files."""
    return tuple(rule for language in _FILES for rule in rules_of(language))


@cache
def rules_of(language: str) -> tuple[LineRule, ...]:
    """Return the rules on lines of one language's file."""
    data = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    rows = [{**row, "pattern": row["pattern"].strip("\n")} for row in data["rule"]]
    return tuple(msgspec.convert(rows, list[LineRule]))


@cache
def markup_rules() -> tuple[tuple[MarkupRule, re.Pattern[str]], ...]:
    """Return the rules on markup, each with one pattern for its words."""
    data = tomllib.loads((_FOLDER / "markup.toml").read_text("utf-8"))
    rules = msgspec.convert(data["rule"], list[MarkupRule])
    return tuple((rule, _words(rule.words)) for rule in rules)


@cache
def prefilter() -> re.Pattern[str]:
    """Return one pattern for `match`: a line that it does not match, no rule takes but those of the shape "tail".

    It is a tree of the rules' first letters, so that most lines fail within a few of them.
    """
    tree: _Tree = {}
    free = []
    for rule in line_rules():
        for wording in rule.wordings if rule.shape != "tail" else ():
            unfinished, whole = _leads(wording)
            found = unfinished | ({(*lead, _END) for lead in whole} if rule.ending else whole)
            if () in found:
                free.append(f"{rule.limit}{wording}")
            else:
                _grow(tree, found)
    return re.compile(f"{_BEFORE}(?:{_branches_of(tree)}|(?i:{'|'.join(free)}))")


_Lead = tuple[str, ...]
_Tree = dict[str, "_Tree"]

_LEAD = 7
_END = rf"(?-i:{_BEHIND}\Z)"
_STOP = ""
_MOST_LEADS = 60
_GROUP = re.compile(r"\(\?(?:-?i)?:")
_NO_WIDTH = re.compile(r"\(\?<?[=!]|\\[bBZ]")
_ITEM = re.compile(r"\[(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_TIMES = re.compile(r"(?P<maybe>\?)|(?P<any>\*|\{0?,\d*\})|(?P<more>\+|\{\d+(?:,\d*)?\})")
_ANYTHING = re.compile(r"\.|\[\^.*|.*\\[wSDW].*", re.DOTALL)


def leads(pattern: str) -> frozenset[_Lead]:
    """Return what the matches of a pattern start with: some characters, or sets of them; the empty lead is "anything"."""
    closed, ended = _leads(pattern)
    return closed | ended


def _leads(pattern: str) -> tuple[frozenset[_Lead], frozenset[_Lead]]:
    """Return the leads behind which a match may go on with anything, and those that are whole matches."""
    found = [_leads_of_branch(branch) for branch in _branches(pattern)]
    shut, ended = (frozenset[_Lead]().union(*part) for part in zip(*found, strict=True))
    return shut, ended


def _leads_of_branch(pattern: str) -> tuple[frozenset[_Lead], frozenset[_Lead]]:
    closed: set[_Lead] = set()
    reached: set[_Lead] = {()}
    rest = pattern
    while rest and reached:
        (shut, ended), rest = _first_item(rest)
        times = _TIMES.match(rest)
        if times:
            rest = rest[times.end() :].removeprefix("?")
        before = reached
        closed |= _joined(before, shut)
        reached = _joined(before, ended)
        if times and (times["more"] or times["any"]):
            # It may come again: what follows is not known.
            closed |= reached
            reached = set()
        if times and (times["maybe"] or times["any"]):
            reached |= before
        full = {lead for lead in reached if len(lead) >= _LEAD}
        closed |= full
        reached -= full
        if len(reached) > _MOST_LEADS:
            break
    return (frozenset(closed), frozenset(reached)) if not rest else (frozenset(closed | reached), frozenset())


def _joined(starts: Iterable[_Lead], ends: Iterable[_Lead]) -> set[_Lead]:
    return {(start + end)[:_LEAD] for start in starts for end in ends}


def _first_item(pattern: str) -> tuple[tuple[frozenset[_Lead], frozenset[_Lead]], str]:
    """Return the leads of a pattern's first item, and the pattern behind it."""
    nothing = frozenset[_Lead]()
    if group := _GROUP.match(pattern):
        inner, rest = _up_to_close(pattern, group.end())
        shut, ended = _leads(inner)
        if group.group() == "(?-i:":
            shut, ended = _as_written(shut), _as_written(ended)
        return (shut, ended), rest
    if blank := _NO_WIDTH.match(pattern):
        rest = pattern[blank.end() :]
        return (nothing, frozenset({()})), rest if pattern.startswith("\\") else _up_to_close(pattern, blank.end())[1]
    item = _ITEM.match(pattern)
    assert item
    rest = pattern[item.end() :]
    if _ANYTHING.fullmatch(item.group()):
        return (frozenset({()}), nothing), rest
    return (nothing, frozenset({(item.group(),)})), rest


def _as_written(found: frozenset[_Lead]) -> frozenset[_Lead]:
    return frozenset(tuple(f"(?-i:{item})" for item in lead) for lead in found)


def _grow(tree: _Tree, found: Iterable[_Lead]) -> None:
    """Add leads to a tree; a branch that says all ends in a node without branches, and longer leads add nothing to it."""
    for lead in found:
        node = tree
        for item in lead[:-1]:
            node = node.setdefault(item, {})
            if _STOP in node:
                break
        else:
            node[lead[-1]] = {_STOP: {}}


def _branches_of(tree: _Tree) -> str:
    return "|".join(_branch(item, below) for item, below in tree.items())


def _branch(item: str, below: _Tree) -> str:
    chain = ""
    while len(below) == 1 and _STOP not in below:
        [(following, below)] = below.items()
        chain += following if len(following) > 1 else re.escape(following)
    end = "" if _STOP in below else f"(?:{_branches_of(below)})"
    return f"{_in_any_case(item)}{f'(?i:{chain})' if chain else ''}{end}"


def _up_to_close(pattern: str, start: int) -> tuple[str, str]:
    depth = 1
    for place, item in _items(pattern, start):
        depth += (item == "(") - (item == ")")
        if depth == 0:
            return pattern[start:place], pattern[place + 1 :]
    raise ValueError(f"A group is never closed: {pattern}")


def _branches(pattern: str) -> Iterator[str]:
    depth = begin = 0
    for place, item in _items(pattern, 0):
        depth += (item == "(") - (item == ")")
        if item == "|" and depth == 0:
            yield pattern[begin:place]
            begin = place + 1
    yield pattern[begin:]


def _items(pattern: str, start: int) -> Iterable[tuple[int, str]]:
    return ((item.start(), item.group()) for item in _ITEM.finditer(pattern, start))


def _in_any_case(item: str) -> str:
    """Return a set for an item; a letter's cases are spelled out, since a set that ignores case is slower."""
    if len(item) > 1:
        return item if item.startswith("(?-i:") else f"(?i:{item})"
    twins = (twin for twin in _TWINS if item.isalpha() and re.fullmatch(item, twin, re.IGNORECASE))
    return f"[{re.escape(''.join(dict.fromkeys((item.lower(), item.upper(), *twins))))}]"


def _no_longer_than(most: int) -> str:
    return rf"(?!.{{{most + 1}}})"


def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace(r"\-", "[-_]?") for word in words)
    return re.compile(rf"(?:^|[\s_\-])(?:{listed})(?:$|[\s_\-\d])", re.IGNORECASE)
