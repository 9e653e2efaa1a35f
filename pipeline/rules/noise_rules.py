"""The noise rules as records, read once from their data files."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.records import RemovedKind
from pipeline.rules.leads import Lead, Starts, leads, one_pattern

_FOLDER = Path(__file__).with_name("noise")
# Where two languages say the same, the first one's rule is named.
_FILES = ("id", "en", "ms", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "more")

Shape = Literal["line", "label_link", "label_alone", "anywhere", "tail"]
Where = Literal["anywhere", "tail"]

# Bullets, arrows and brackets around a phrase say nothing.
_BEFORE = r"[\s,•·●○■◆▼▶►▷»›>≫＞*#_|–—~¿¡(\[【《〈［（※・→⇒-]*"
_BEHIND = r"[\s:：…»›>≫→⇒▶►*_|–—~)\]】》〉］）-]*"
_MARKS = re.compile(_BEFORE)


class LineRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A line that is noise by its words and its shape; `example` is one, `counter` only looks like one.

    Each line of `pattern` is one wording. `where` says in which part of an article the rule holds: behind the last
    paragraphs, or anywhere; `most` how many characters the line may have.
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
    """An element that is noise by a word of its class or id, anywhere or (`head`) only where no sentence of the body precedes it."""

    id: str
    kind: RemovedKind
    where: Literal["anywhere", "head"] = "anywhere"
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
def tail_rules() -> tuple[LineRule, ...]:
    """Return the rules on lines behind the last paragraph that are tried there alone."""
    return tuple(rule for rule in line_rules() if rule.shape == "tail")


@cache
def markup_prefilter() -> re.Pattern[str]:
    """Return one pattern that is found in all names in which some markup rule's pattern is found."""
    return _words(tuple(word for rule, _ in markup_rules() for word in rule.words))


@cache
def markup_rules() -> tuple[tuple[MarkupRule, re.Pattern[str]], ...]:
    """Return the rules on markup, each with one pattern for its words."""
    data = tomllib.loads((_FOLDER / "markup.toml").read_text("utf-8"))
    rules = msgspec.convert(data["rule"], list[MarkupRule])
    return tuple((rule, _words(rule.words)) for rule in rules)


@cache
def head_rules() -> frozenset[str]:
    """Return the ids of the rules on markup that hold in front of the body's first sentence only."""
    return frozenset(rule.id for rule, _ in markup_rules() if rule.where == "head")


@cache
def prefilter() -> re.Pattern[str]:
    """Return one pattern for `match`: a line that it does not match, no rule takes but those of the shape "tail".

    It is a tree of the rules' first letters, so that most lines fail within a few of them.
    """
    found = [(wording, rule) for rule in line_rules() if rule.shape != "tail" for wording in rule.wordings]
    starts = {lead for wording, rule in found for lead in _starts_of(wording, rule) if lead}
    free = [f"{rule.limit}{wording}" for wording, rule in found if () in _starts_of(wording, rule)]
    return re.compile(f"{_BEFORE}(?:{one_pattern(starts)}|(?i:{'|'.join(free)}))")


def candidates(text: str) -> Sequence[LineRule]:
    """Return the rules that may take a line, by its first letters and in their order; all others need not be tried."""
    if not prefilter().match(text):
        return ()
    rules, tree = _tree()
    before = _MARKS.match(text)
    places = range(before.end() + 1 if before else 1)
    return [rules[number] for number in sorted(set().union(*(tree.values_at(text, place) for place in places)))]


@cache
def _tree() -> tuple[tuple[LineRule, ...], Starts]:
    rules = tuple(rule for rule in line_rules() if rule.shape != "tail")
    tree = Starts()
    for number, rule in enumerate(rules):
        for wording in rule.wordings:
            for lead in _starts_of(wording, rule):
                tree.add(lead, number)
    return rules, tree


@cache
def _starts_of(wording: str, rule: LineRule) -> frozenset[Lead]:
    return leads(wording, rf"(?-i:{rule.ending}\Z)" if rule.ending else None)


def _no_longer_than(most: int) -> str:
    return rf"(?!.{{{most + 1}}})"


def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace(r"\-", "[-_]?") for word in words)
    # Among classes of one or two letters each, which programs make up, "ad" is chance.
    return re.compile(rf"(?:^|(?<!\s[a-z]{{2}})(?<!\s[a-z])[\s_\-])(?:{listed})(?:$|[\s_\-\d])", re.IGNORECASE)
