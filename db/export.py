"""The public views, row by row, out of one state of the store."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, text

from db.engine import snapshot
from db.upgrade import VIEWS

_AT_ONCE = 500
# As SQLite keeps a time: in UTC, without saying so.
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?")
# Columns that hold an outlet's text rather than a quote that proves something.
_BODIES = {"article_body", "old_body", "new_body"}
_BODIES_OF = {("removed", "text"), ("reports", "copy_adds")}


class Views:
    """The views of one snapshot; `bodies` leaves the outlets' texts out where it is false."""

    def __init__(self, conn: Connection, *, bodies: bool) -> None:
        self._conn = conn
        self._bodies = bodies

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the views."""
        return tuple(sorted(VIEWS))

    def count(self, view: str) -> int:
        """Return how many rows a view has."""
        return int(self._conn.scalar(text(f"select count(*) from {view}")) or 0)  # noqa: S608 - a name of our own list

    def columns(self, view: str) -> list[str]:
        """Return the columns of a view that are given out."""
        found = self._conn.execute(text(f"select * from {view} limit 0")).keys()  # noqa: S608 - the same
        return [name for name in found if self._bodies or not _is_body(view, name)]

    def rows(self, view: str) -> Generator[tuple[Any, ...], None, None]:
        """Yield a view's rows in the order of `columns`; values are text, whole numbers, fractions, aware times or `None`."""
        listed = ", ".join(f'"{name}"' for name in self.columns(view))
        statement = text(f"select {listed} from {view}")  # noqa: S608 - the same
        with self._conn.execute(statement, execution_options={"yield_per": _AT_ONCE}) as found:
            for row in found:
                yield tuple(_value(value) for value in row)


@contextmanager
def open_views(engine: Engine, *, bodies: bool = True) -> Iterator[Views]:
    """Yield the views of one state of the store, whatever is written meanwhile."""
    with snapshot(engine) as conn:
        yield Views(conn, bodies=bodies)


def _is_body(view: str, column: str) -> bool:
    return column in _BODIES or (view, column) in _BODIES_OF


def _value(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 26 and _TIME.fullmatch(value):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
