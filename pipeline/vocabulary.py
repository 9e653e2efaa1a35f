"""What a person may write of an entry: a name, a note, a slot and its value, each checked before anything is done.

Values are words of the vocabulary, names that the gazetteer knows, and ISO days.
"""

import difflib
import re
import unicodedata
from datetime import date
from typing import get_args

from db.verdicts import DAY_SLOTS
from pipeline.records import Action, Direction, Instrument, PolicyObject
from pipeline.rules.policy_rules import companies, names, surfaces

MOST_CHARS = {"name": 100, "note": 2_000, "value": 200}
VOCABULARY: dict[str, tuple[str, ...]] = {
    "action": get_args(Action),
    "action2": (*get_args(Action), "reversal"),
    "object": get_args(PolicyObject),
    "direction": get_args(Direction),
    "instrument": get_args(Instrument),
}
NAMES = ("company", "product", "surface")
SLOTS = (*NAMES, *VOCABULARY, *DAY_SLOTS)
_NEVER_EMPTY = ("company", "action", "object", "direction")
_NOTHING = ("", "none")
_ISO_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_YEARS = range(1990, 2101)


class WrongWord(ValueError):
    """What a person wrote is no name, note, slot or value; the message says what would be."""


def value_of(slot: str, text: str, *, as_written: bool = False) -> str | None:
    """Return what a person wrote for a slot as it is stored: a word of the vocabulary, a known name, an ISO day, or nothing.

    `as_written` takes a name that is not known as it stands.

    Raises:
        WrongWord: there is no such slot, or no such value of it.
    """
    if slot not in SLOTS:
        raise WrongWord(f"{_shown(slot)} is no field that can be set; it is one of {', '.join(SLOTS)}")
    value = _one_line(text, slot, MOST_CHARS["value"])
    if value.casefold() in _NOTHING:
        if slot in _NEVER_EMPTY:
            raise WrongWord(f"{slot} cannot be empty; give its value")
        return None
    if slot in DAY_SLOTS:
        return _day(slot, value)
    if slot in VOCABULARY:
        word = re.sub(r"[\s-]+", "_", value.casefold())
        if word not in VOCABULARY[slot]:
            raise WrongWord(f"{_shown(value)} is no {slot}; it is one of {', '.join(VOCABULARY[slot])}")
        return word
    known = _known_names(slot)
    if found := known.get(value.casefold()):
        return found
    if as_written:
        return value
    near = difflib.get_close_matches(value.casefold(), known, 1)
    hint = f"did you mean {known[near[0]]}? " if near else ""
    raise WrongWord(f"{_shown(value)} is no {slot} that is known; {hint}--force takes it as it is written")


def place_of(text: str) -> str:
    """Return the place that a person wrote.

    Raises:
        WrongWord: it is too long, or holds control characters.
    """
    return _one_line(text, "place", MOST_CHARS["name"])


def name_of(text: str) -> str:
    """Return a reviewer's name.

    Raises:
        WrongWord: it is empty, too long, or holds control characters.
    """
    name = _one_line(text, "name", MOST_CHARS["name"])
    if not name:
        raise WrongWord("a review needs the name of who says so; give it with --by")
    return name


def note_of(text: str | None) -> str | None:
    """Return a note, or nothing for an empty one; it may have several lines.

    Raises:
        WrongWord: it is too long, or holds control characters.
    """
    return _clean(text or "", "note", MOST_CHARS["note"], allowed="\n\t") or None


def _day(slot: str, value: str) -> str:
    if not _ISO_DAY.fullmatch(value):
        raise WrongWord(f"{_shown(value)} is no day; write {slot} as 2026-01-15, 2026-01 or 2026")
    year, month, day = (int(part) for part in [*value.split("-"), "1", "1"][:3])
    try:
        date(year, month, day)
    except ValueError as error:
        raise WrongWord(f"{value} is not in the calendar; write {slot} as 2026-01-15, 2026-01 or 2026") from error
    if year not in _YEARS:
        raise WrongWord(f"{value} is not between {_YEARS[0]} and {_YEARS[-1]}; check the year")
    return value


def _known_names(slot: str) -> dict[str, str]:
    """Return the known names of a slot by how they may be written, in small letters."""
    if slot == "surface":
        return {name.casefold(): name for of_company in surfaces().values() for name in of_company}
    listed = names().items()
    if slot == "product":
        found = {alias.casefold(): name.product for alias, name in listed if name.product}
        return found | {product.casefold(): product for product in found.values()}
    found = {alias.casefold(): name.company for alias, name in listed if not name.product}
    return (
        found
        | {name.company.casefold(): name.company for _, name in listed}
        | {c.name.casefold(): c.name for c in companies()}
    )


def _one_line(text: str, what: str, most: int) -> str:
    return " ".join(_clean(text, what, most).split())


def _clean(text: str, what: str, most: int, allowed: str = "") -> str:
    if len(text) > most:
        raise WrongWord(f"the {what} is {len(text):,} characters long; at most {most:,} are kept")
    # Lone surrogates, escape codes and signs that turn the direction of writing are all of the classes C.
    if any(unicodedata.category(letter).startswith("C") and letter not in allowed for letter in text):
        raise WrongWord(f"the {what} holds control characters; write plain text")
    return unicodedata.normalize("NFC", text).strip()


def _shown(text: str) -> str:
    return repr(text[:40])
