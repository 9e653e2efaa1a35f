"""The questions that the store answers by name: one statement a file in `queries`, with what it asks and which parameters it takes.

A file begins with comment lines: what is asked, then a line `:name = default | meaning` for each parameter; one without a default must be
given. A default of `today`, `today-7` or `today+30` is a day counted from the one on which the question is asked.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from db.errors import StatementRefused

_FOLDER = Path(__file__).with_name("queries")
_PARAM = re.compile(r":(?P<name>[a-z_]+)(?: = (?P<default>\S+))? \| (?P<meaning>.+)")
_DAY = re.compile(r"today(?P<shift>[+-]\d{1,5})?")


class Param(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a question; without a `default` it must be given."""

    name: str
    default: str | None
    meaning: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A named statement and what it asks."""

    name: str
    about: str
    params: tuple[Param, ...]
    statement: str

    def bind(self, given: Mapping[str, str], today: date) -> dict[str, str]:
        """Return all parameters; days that are counted from today are written out.

        Raises:
            StatementRefused: a parameter is missing, or one is given that the question does not have.
        """
        names = [param.name for param in self.params]
        if unknown := sorted(set(given) - set(names)):
            takes = f"it takes {', '.join(names)}" if names else "it takes none"
            raise StatementRefused(f"the question {self.name} has no parameter {unknown[0]}; {takes}")
        values = {param.name: given.get(param.name, param.default) for param in self.params}
        for param in self.params:
            if values[param.name] is None:
                raise StatementRefused(f"the question {self.name} needs --param {param.name}=… ({param.meaning})")
        return {name: _day(value or "", today) for name, value in values.items()}


@cache
def questions() -> Mapping[str, Question]:
    """Return all questions by name, in alphabetical order."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.sql"))}


def _read(path: Path) -> Question:
    lines = path.read_text("utf-8").splitlines()
    head = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    params = [Param(**match.groupdict()) for line in head if (match := _PARAM.fullmatch(line))]
    about = " ".join(line for line in head if not line.startswith(":"))
    statement = "\n".join(line for line in lines if not line.startswith("--"))
    return Question(name=path.stem, about=about, params=tuple(params), statement=statement)


def _day(value: str, today: date) -> str:
    match = _DAY.fullmatch(value)
    if match is None:
        return value
    return (today + timedelta(days=int(match["shift"] or 0))).isoformat()
