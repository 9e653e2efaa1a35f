"""Rows for people and programs: a table, CSV that a spreadsheet cannot run, JSON.

Values come from the web. A terminal obeys escape codes and a spreadsheet runs what starts with `=`: both are made harmless here.
"""

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

Format = Literal["table", "csv", "json"]
# The characters that make a spreadsheet read a cell as a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@")
_WIDTH_OFF_TERMINAL = 160


def plain(value: object) -> str:
    """Return a value as one line without control or direction-changing characters."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime | date) else str(value)
    return "".join(
        " " if c in "\n\t" else c for c in text if c in "\n\t" or not unicodedata.category(c).startswith("C")
    )


def harmless_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, int | float) or value is None:
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text


def write(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: Format) -> None:
    """Print rows to standard output in the form asked for."""
    {"table": _table, "csv": _csv, "json": _json}[form](columns, rows)


def console() -> Console:
    """Return a console that neither wraps nor colours where output is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_OFF_TERMINAL, highlight=False, markup=False)


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(value)) for value in row))
    console().print(table)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless_cell(value) for value in row] for row in rows)
    sys.stdout.write(text.getvalue())


def _json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    items = [dict(zip(columns, row, strict=True)) for row in rows]
    sys.stdout.write(json.dumps(items, ensure_ascii=False, indent=1, default=plain) + "\n")
