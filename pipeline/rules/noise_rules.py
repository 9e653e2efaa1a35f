"""The noise rules as records, read once from their data files."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.records import RemovedKind

_FOLDER = Path(__file__).with_name("noise")

Shape = Literal["line", "label_link", "label_alone", "anywhere", "tail"]


class LineRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that is noise by its words and its shape; `example` is one, `counter` only looks like one."""

    id: str
    kind: RemovedKind
    shape: Shape
    pattern: str
    example: str
    counter: str

    @property
    def regex(self) -> re.Pattern[str]:
        """Return the pattern, compiled, in any case."""
        return _compiled(self.pattern)


class MarkupRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An element that is noise by a word of its class or id, anywhere or (`head`) only where no sentence of the body precedes it."""

    id: str
    kind: RemovedKind
    where: Literal["anywhere", "head"] = "anywhere"
    words: tuple[str, ...]


@cache
def line_rules() -> tuple[LineRule, ...]:
    """Return the rules on lines, in the order of their files."""
    found = []
    for name in ("id", "en", "other"):
        data = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
        found += msgspec.convert(data["rule"], list[LineRule])
    return tuple(found)


@cache
def prefilter() -> re.Pattern[str]:
    """Return one pattern that matches at the start of every line which some rule's pattern matches."""
    return re.compile("|".join(f"(?:{rule.pattern})" for rule in line_rules()), re.IGNORECASE)


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


def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace(r"\-", "[-_]?") for word in words)
    return re.compile(rf"(?:^|[\s_\-])(?:{listed})(?:$|[\s_\-\d])", re.IGNORECASE)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
