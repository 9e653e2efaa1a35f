"""What the matches of many patterns start with, so that a text need not be tried against each.

Patterns are read as far as the rules write them: letters, sets, groups, repetitions, and looks ahead, which are passed over.
"""

import re
from collections.abc import Iterable, Iterator

Lead = tuple[str, ...]
"""The first characters of a match, or patterns of one; the empty lead is "anything"."""

_Tree = dict[str, "_Tree"]
_Found = tuple[frozenset[Lead], frozenset[Lead]]

# How many characters are looked at, and how many ways a wording may start before the rest of it is not looked at.
_LENGTH = 7
_MOST = 30
_STOP = ""
# Letters that stand for another one when case is ignored, beside its capital.
_TWINS = {"ſ": "s", "ı": "i", "İ": "i", "K": "k"}

_GROUP = re.compile(r"\(\?(?:-?i)?:")
_NO_WIDTH = re.compile(r"\(\?<?[=!]|\\[bBZ]")
_ITEM = re.compile(r"\[(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_TIMES = re.compile(r"(?P<maybe>\?)|(?P<any>\*|\{0?,\d*\})|(?P<more>\+|\{\d+(?:,\d*)?\})")
_ANYTHING = re.compile(r"\.|\[\^.*|.*\\[wSDW].*", re.DOTALL)


def leads(pattern: str, ending: str | None = None) -> frozenset[Lead]:
    """Return what the matches of a pattern start with; `ending` is what must follow where a whole match is shorter than that."""
    unfinished, whole = _leads(pattern)
    return unfinished | (frozenset((*lead, ending) for lead in whole) if ending else whole)


def one_pattern(found: Iterable[Lead]) -> str:
    """Return one pattern that matches where a text starts with one of the leads, in any case."""
    tree: _Tree = {}
    for lead in found:
        _grow(tree, lead)
    return _branches_of(tree)


class Starts:
    """Numbers by the leads that they were added with."""

    def __init__(self) -> None:
        self._numbers: set[int] = set()
        self._letters: dict[str, Starts] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], Starts]] = {}

    def add(self, lead: Lead, number: int) -> None:
        """Remember a number under a lead."""
        if not lead:
            self._numbers.add(number)
            return
        item = lead[0]
        if len(item) == 1:
            below = self._letters.setdefault(_plain(item), Starts())
        else:
            _, below = self._patterns.setdefault(item, (re.compile(item, re.IGNORECASE), Starts()))
        below.add(lead[1:], number)

    def values_at(self, text: str, place: int) -> set[int]:
        """Return the numbers whose leads a text has at a place."""
        found = set(self._numbers)
        below = self._letters.get(_plain(text[place])) if place < len(text) else None
        if below:
            found |= below.values_at(text, place + 1)
        for pattern, following in self._patterns.values():
            if matched := pattern.match(text, place):
                found |= following.values_at(text, matched.end())
        return found


def _leads(pattern: str) -> _Found:
    """Return the leads behind which a match may go on with anything, and those that are whole matches."""
    found = [_leads_of_branch(branch) for branch in _branches(pattern)]
    shut, ended = (frozenset[Lead]().union(*part) for part in zip(*found, strict=True))
    return shut, ended


def _leads_of_branch(pattern: str) -> _Found:
    closed: set[Lead] = set()
    reached: set[Lead] = {()}
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
        full = {lead for lead in reached if len(lead) >= _LENGTH}
        closed |= full
        reached -= full
        if len(reached) > _MOST:
            break
    return (frozenset(closed), frozenset(reached)) if not rest else (frozenset(closed | reached), frozenset())


def _joined(starts: Iterable[Lead], ends: Iterable[Lead]) -> set[Lead]:
    return {(start + end)[:_LENGTH] for start in starts for end in ends}


def _first_item(pattern: str) -> tuple[_Found, str]:
    """Return the leads of a pattern's first item, and the pattern behind it."""
    nothing = frozenset[Lead]()
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


def _as_written(found: frozenset[Lead]) -> frozenset[Lead]:
    return frozenset(tuple(f"(?-i:{item})" for item in lead) for lead in found)


def _grow(tree: _Tree, lead: Lead) -> None:
    """Add a lead to a tree; a branch that says all ends in a stop, and longer leads add nothing to it."""
    for item in lead[:-1]:
        tree = tree.setdefault(item, {})
        if _STOP in tree:
            return
    tree[lead[-1]] = {_STOP: {}}


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
    twins = (twin for twin, letter in _TWINS.items() if letter == item.lower())
    return f"[{re.escape(''.join(dict.fromkeys((item.lower(), item.upper(), *twins))))}]"


def _plain(letter: str) -> str:
    return _TWINS.get(letter) or letter.lower()
