"""Names and cue words of policies as records, loaded once from their data files, and found by the first word they begin with."""

import itertools
import re
import string
import tomllib
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from pipeline.records import Action, Direction, NegativeKind, PolicyObject

_RULES = Path(__file__).parent
# Where a pattern's first word ends: at a space (also an escaped one, or one that opens a group), a hyphen in brackets, an escaped point.
_FIRST_WORD_ENDS = re.compile(r" |-|'|\(\?: |\\ |\[- \]|\[\\x27|\\\.|\\\$")
_GROUP = re.compile(r"\(\?(?:-i)?:")
_CACHED_WORDS = 50_000
_FOREVER = "9999-12-31"
_INITIALS = string.ascii_lowercase + string.digits
# Where the words of two actions are equally plain, the earlier action is meant: a minimum age is no mere requirement.
_ACTIONS: tuple[Action, ...] = (
    "age_gate", "remove_feature", "data_use", "monetise", "ban", "block_access", "opt_control", "require", "restrict", "allow",
    "license", "enforce", "clarify",
)  # fmt: skip


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a company runs; `cue` marks a name that is also a word."""

    name: str
    aliases: tuple[str, ...] = ()
    cue: bool = False
    source: str | None = None


class Owner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who held a company until a day (ISO, exclusive); without a day, today."""

    name: str
    until: str | None = None


class FormerName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a company was called until a day (ISO, exclusive)."""

    name: str
    until: str


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone who can change a rule; `owner` is today's parent under whom its products are told, `was` its earlier names in their order.

    `ai_brand` is the name under which all AI features of its devices go.
    """

    name: str
    source: str
    aliases: tuple[str, ...] = ()
    owner: str | None = None
    owners: tuple[Owner, ...] = ()
    was: tuple[FormerName, ...] = ()
    cue: bool = False
    flagship: str | None = None
    ai_brand: str | None = None
    product: tuple[Product, ...] = ()


class Regulator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authority; `since` is the day from which it bears its name."""

    name: str
    jurisdiction: str
    source: str
    aliases: tuple[str, ...] = ()
    since: str | None = None
    was: str | None = None


class Surface(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company's parts of products to which a rule may be bound: each name with the ways of writing it.

    `company` is the name under which the product is told, `source` whose documentation names the parts.
    """

    company: str
    source: str
    names: dict[str, tuple[str, ...]]


class Acts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that change a rule by one action: those that name the act itself, and those that only hint at it."""

    direction: Direction
    plain: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class ActionCue(msgspec.Struct, frozen=True):
    """Words that change a rule; `strength` 2 names the act itself."""

    action: Action
    direction: Direction
    strength: Literal[1, 2]
    patterns: tuple[str, ...]


class ObjectCue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words for what of AI a rule is about."""

    name: PolicyObject
    patterns: tuple[str, ...]


class NegativeKindCue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much each mark in title and lead speaks for a kind of "no"."""

    title: dict[str, float]
    lead: dict[str, float]


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What a name in a text stands for; `owners` are earlier parents with the day each ended."""

    company: str
    product: str | None
    needs_cue: bool
    flagship: str | None = None
    owners: tuple[Owner, ...] = ()


class Cue(msgspec.Struct, frozen=True):
    """A pattern with the class it belongs to: `action:3`, `object:deepfake_likeness`, `mark:law`; `number` is its place in the lists."""

    kind: str
    name: str
    text: str
    number: int

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled pattern; most are never needed, so they are compiled when they are."""
        return _whole(self.text)


@cache
def names() -> dict[str, Name]:
    """Return every name and alias, as written, with what it stands for; a product's name wins over its company's."""
    found: dict[str, Name] = {}
    for company in companies():
        owner = company.owner or company.name
        flagship = company.flagship or (company.name if company.owner else None)
        for alias in (company.name, *company.aliases, *(former.name for former in company.was)):
            found.setdefault(alias, _name(owner, None, company, flagship, needs_cue=company.cue))
        for product in company.product:
            for alias in (product.name, *product.aliases):
                found[alias] = _name(owner, product.name, company, product.name, needs_cue=product.cue)
    return found


def _name(owner: str, product: str | None, company: Company, flagship: str | None, *, needs_cue: bool) -> Name:
    return Name(company=owner, product=product, needs_cue=needs_cue, flagship=flagship, owners=company.owners)


def company_told(company: str, product: str | None, day: date | None) -> str:
    """Return the name under which a company's product is told on a day: who held it then, by the name borne then; without a day, today's."""
    on = day.isoformat() if day else _FOREVER
    held = _held().get((company, product or ""))
    holder = (
        next((one.name for one in held.owners if one.until is None or on < one.until), company) if held else company
    )
    former = _former_names().get(holder, ())
    return next((one.name for one in former if on < one.until), holder)


@cache
def _held() -> dict[tuple[str, str], Company]:
    """Return by owner and product the companies that are told under an owner."""
    return {
        (company.owner, product): company
        for company in companies()
        if company.owner
        for product in (*(item.name for item in company.product), company.flagship or company.name)
    }


@cache
def _former_names() -> dict[str, tuple[FormerName, ...]]:
    return {company.name: company.was for company in companies() if company.was}


@cache
def names_by_first_word() -> dict[str, tuple[tuple[str, Name], ...]]:
    """Return the names under the first word of each, the longest first."""
    found: dict[str, list[tuple[str, Name]]] = {}
    for alias in sorted(names(), key=len, reverse=True):
        first = re.match(r"\w+", alias)
        found.setdefault(first.group(0) if first else alias, []).append((alias, names()[alias]))
    return {word: tuple(listed) for word, listed in found.items()}


@lru_cache(maxsize=_CACHED_WORDS)
def cues_that_begin_with(word: str) -> tuple[Cue, ...]:
    """Return the cues whose first word a lower-case word can be."""
    table = _cues_by_initial().get(word[0])
    if table is None:
        return ()
    found = list(table.words.get(word, ()))
    if table.any_pattern.fullmatch(word):
        found += [cue for text, cues in table.patterns.items() if _first(text).fullmatch(word) for cue in cues]
    return tuple(sorted(set(found), key=lambda cue: cue.number))


@cache
def action_cues() -> tuple[ActionCue, ...]:
    """Return the action cues, those that name an act itself before those that only hint at one."""
    lists = [(action, _load_acts(action)) for action in _ACTIONS]
    plain = [ActionCue(action, acts.direction, 2, acts.plain) for action, acts in lists if acts.plain]
    return (*plain, *(ActionCue(action, acts.direction, 1, acts.hints) for action, acts in lists if acts.hints))


@cache
def object_order() -> tuple[PolicyObject, ...]:
    """Return the kinds of object, the most telling first."""
    return tuple(cue.name for cue in _load("cues/objects.toml", "object", ObjectCue))


@cache
def negative_kinds() -> dict[NegativeKind, NegativeKindCue]:
    """Return what speaks for each kind of "no"."""
    data = tomllib.loads((_RULES / "cues/negatives.toml").read_text("utf-8"))
    return msgspec.convert(data["kinds"], dict[NegativeKind, NegativeKindCue])


@cache
def slot_cues(slot: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a smaller slot by value, in their order."""
    return {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(texts)})(?!\w)", re.IGNORECASE)
        for name, texts in _slot_data()[slot].items()
    }


@cache
def place_cues() -> dict[str, re.Pattern[str]]:
    """Return by ISO code the pattern that says that something holds in a place; its case is kept."""
    data = _slot_data()
    beside, whose = ("|".join(data["place_words"][name]) for name in ("beside", "whose"))
    return {
        code: re.compile(
            rf"(?<!\w)(?:(?:{beside}) (?:{'|'.join(names)})|(?:{'|'.join(data['people'][code])}) (?:{whose}))(?!\w)"
        )
        for code, names in data["place"].items()
    }


@cache
def place_names() -> dict[str, re.Pattern[str]]:
    """Return by ISO code the pattern of a place's names; their case is kept."""
    return {code: re.compile(rf"(?:{'|'.join(names)})(?!\w)") for code, names in _slot_data()["place"].items()}


@cache
def _slot_data() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = tomllib.loads((_RULES / "cues/slots.toml").read_text("utf-8"))
    return data


@cache
def companies() -> tuple[Company, ...]:
    """Return the gazetteer's companies."""
    return tuple(_load("gazetteer/platforms.toml", "company", Company))


@cache
def regulators() -> tuple[Regulator, ...]:
    """Return the gazetteer's authorities."""
    return tuple(_load("gazetteer/regulators.toml", "regulator", Regulator))


@cache
def ai_brands() -> dict[str, str]:
    """Return the brand of a company's AI features, where it has one for all."""
    return {company.name: company.ai_brand for company in companies() if company.ai_brand}


@cache
def surfaces() -> dict[str, dict[str, re.Pattern[str]]]:
    """Return by company the parts of its products, each with the pattern of its names, case kept."""
    return {
        listed.company: {
            name: re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, aliases))})(?![\w-])")
            for name, aliases in listed.names.items()
        }
        for listed in _load("gazetteer/surfaces.toml", "surface", Surface)
    }


class _Initial(msgspec.Struct, frozen=True):
    """The first words that begin with one letter: as they are written, and as patterns with one pattern for all of them."""

    words: dict[str, list[Cue]]
    patterns: dict[str, list[Cue]]
    any_pattern: re.Pattern[str]


@cache
def _cues() -> tuple[Cue, ...]:
    texts: list[tuple[str, str, str]] = []
    for number, action in enumerate(action_cues()):
        texts += [("action", str(number), text) for text in action.patterns]
    for about in _load("cues/objects.toml", "object", ObjectCue):
        texts += [("object", about.name, text) for text in about.patterns]
    for name, patterns in tomllib.loads((_RULES / "cues/marks.toml").read_text("utf-8"))["marks"].items():
        texts += [("mark", name, text) for text in patterns]
    for regulator in regulators():
        texts += [("mark", "government", re.escape(name)) for name in (regulator.name, *regulator.aliases)]
    return tuple(Cue(*text, number) for number, text in enumerate(texts))


@cache
def _cues_by_initial() -> dict[str, _Initial]:
    """Return the cues under each first word they can begin with, by the letter that it begins with."""
    found: dict[str, dict[str, list[Cue]]] = {letter: {} for letter in _INITIALS}
    for cue in _cues():
        for first in dict.fromkeys(_first_words(cue.text)):
            for letter in _initials(first):
                found[letter].setdefault(first.lower() if first.isalnum() else first, []).append(cue)
    return {letter: _initial(firsts) for letter, firsts in found.items()}


def _initial(firsts: dict[str, list[Cue]]) -> _Initial:
    words = {text: cues for text, cues in firsts.items() if text.isalnum()}
    patterns = {text: cues for text, cues in firsts.items() if text not in words}
    return _Initial(words, patterns, _first("|".join(f"(?:{text})" for text in patterns) or r"(?!)"))


def _initials(first: str) -> str:
    letter = first[:1].lower()
    return letter if letter in _INITIALS and first[1:2] != "?" else _INITIALS


@cache
def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{text})(?!\w)", re.IGNORECASE)


@cache
def _first(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _first_words(pattern: str) -> list[str]:
    """Return the expressions that the first word of a match can fit; a leading group gives each alternative's own first word."""
    opening = _GROUP.match(pattern)
    if opening is None:
        return [pattern[: _break_in(pattern)]]
    inside, rest = _group(pattern, opening.end())
    tail = rest[: _break_in(rest)]
    return [
        word + ("" if _break_in(text) < len(text) else tail)
        for text in inside
        for word in (_first_words(text) if text else [""])
    ]


def _group(pattern: str, start: int) -> tuple[list[str], str]:
    """Return the alternatives of the group that opened before `start`, and what follows it."""
    depth, cuts, at = 1, [start], start
    while depth:
        if pattern[at] == "\\":
            at += 2
            continue
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if (depth == 1 and pattern[at] == "|") or depth == 0:
            cuts.append(at + 1)
        at += 1
    return [pattern[one : two - 1] for one, two in itertools.pairwise(cuts)], pattern[at:]


def _break_in(pattern: str) -> int:
    """Return where the first word ends: at a space, hyphen, apostrophe or point outside of brackets."""
    depth = at = 0
    while at < len(pattern):
        if depth == 0 and _FIRST_WORD_ENDS.match(pattern, at):
            return at
        step = 2 if pattern[at] == "\\" else 1
        depth += {"(": 1, ")": -1}.get(pattern[at], 0) if step == 1 else 0
        at += step
    return at


def _load_acts(action: Action) -> Acts:
    return msgspec.convert(tomllib.loads((_RULES / f"cues/actions/{action}.toml").read_text("utf-8")), Acts)


def _load(path: str, key: str, kind: Any) -> Any:
    return msgspec.convert(tomllib.loads((_RULES / path).read_text("utf-8"))[key], tuple[kind, ...])
