"""Names and cue words of policies as records, compiled once from their data files."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from pipeline.records import Action, Direction, NegativeKind, PolicyObject

_RULES = Path(__file__).parent


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a company runs; `cue` marks a name that is also a word."""

    name: str
    aliases: tuple[str, ...] = ()
    cue: bool = False


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone who can change a rule."""

    name: str
    aliases: tuple[str, ...] = ()
    owner: str | None = None
    cue: bool = False
    product: tuple[Product, ...] = ()


class ActionCue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that change a rule; `strength` 2 names the act itself."""

    action: Action
    direction: Direction
    strength: Literal[1, 2]
    patterns: tuple[str, ...]


class ObjectCue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words for what of AI a rule is about."""

    name: PolicyObject
    patterns: tuple[str, ...]


class NegativeCue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that tell another kind of news."""

    kind: NegativeKind
    where: Literal["title", "lead"]
    patterns: tuple[str, ...]


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What a name in a text stands for."""

    company: str
    product: str | None
    needs_cue: bool


@cache
def names() -> dict[str, Name]:
    """Return every name and alias, as written, with what it stands for; a product's name wins over its company's."""
    found: dict[str, Name] = {}
    for company in _companies():
        owner = company.owner or company.name
        for alias in (company.name, *company.aliases):
            found.setdefault(
                alias, Name(company=owner, product=company.name if company.owner else None, needs_cue=company.cue)
            )
        for product in company.product:
            for alias in (product.name, *product.aliases):
                found[alias] = Name(company=owner, product=product.name, needs_cue=product.cue)
    return found


@cache
def name_pattern() -> re.Pattern[str]:
    """Return the pattern that finds names, the longest first, in their own case, not inside other words."""
    listed = "|".join(re.escape(name) for name in sorted(names(), key=len, reverse=True))
    return re.compile(rf"(?<![\w@#/.-])(?:{listed})(?!\w|\.\w|-\w)")


@cache
def action_cues() -> tuple[tuple[ActionCue, re.Pattern[str]], ...]:
    """Return the action cues, each with its pattern."""
    return tuple((cue, _any(cue.patterns)) for cue in _load("cues/actions.toml", "cue", ActionCue))


@cache
def object_cues() -> tuple[tuple[ObjectCue, re.Pattern[str]], ...]:
    """Return the object cues, each with its pattern."""
    return tuple((cue, _any(cue.patterns)) for cue in _load("cues/objects.toml", "object", ObjectCue))


@cache
def negative_cues() -> tuple[tuple[NegativeCue, re.Pattern[str]], ...]:
    """Return the negative cues, each with its pattern."""
    return tuple((cue, _any(cue.patterns)) for cue in _load("cues/negatives.toml", "negative", NegativeCue))


@cache
def _companies() -> tuple[Company, ...]:
    return tuple(_load("gazetteer/platforms.toml", "company", Company))


def _load(path: str, key: str, kind: Any) -> Any:
    return msgspec.convert(tomllib.loads((_RULES / path).read_text("utf-8"))[key], tuple[kind, ...])


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
