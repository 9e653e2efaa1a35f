"""The public views as files: SQLite, CSV that a spreadsheet cannot run, JSON Lines, Parquet. Rows stream through, whatever their number."""

import csv
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from db.export import Views
from db.staging import new_folder
from pantau.progress import Tell
from pantau.show import harmless_cell

ExportFormat = Literal["sqlite", "csv", "jsonl", "parquet"]
FORMATS: tuple[str, ...] = get_args(ExportFormat)
_BATCH = 500
_DATABASE = "pantau.db"


class ExportError(ValueError):
    """An export cannot be made: the message says why, and what to do."""


def export(views: Views, target: Path, form: ExportFormat, tell: Tell) -> dict[str, int]:
    """Write every view into a new folder and return how many rows each has.

    Raises:
        ExportError: the folder cannot be written, or Parquet is asked for without its library.
        StoreError: the folder is there already.
    """
    write = _WRITERS[form]
    if form == "parquet":
        _pyarrow()
    try:
        with new_folder(target) as folder:
            return {view: write(folder, view, views, tell) for view in views.names}
    except (OSError, sqlite3.OperationalError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExportError(
            f"{target} cannot be written ({reason}); check its rights and space, nothing was left behind"
        ) from error


@contextmanager
def _rows(views: Views, view: str, tell: Tell) -> Iterator[Iterator[Sequence[Any]]]:
    """Yield the rows of a view, which are counted as they pass; what was not read is let go of, also after an error."""
    total = views.count(view)

    def counted(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for number, row in enumerate(rows, 1):
            yield row
            tell(view, number, max(total, number))

    with closing(views.rows(view)) as rows:
        yield counted(rows)


def _csv(folder: Path, view: str, views: Views, tell: Tell) -> int:
    count = 0
    with (folder / f"{view}.csv").open("x", encoding="utf-8", newline="") as file, _rows(views, view, tell) as rows:
        writer = csv.writer(file)
        writer.writerow(views.columns(view))
        for row in rows:
            writer.writerow([harmless_cell(value) for value in row])
            count += 1
    return count


def _jsonl(folder: Path, view: str, views: Views, tell: Tell) -> int:
    columns, count = views.columns(view), 0
    with (folder / f"{view}.jsonl").open("xb") as file, _rows(views, view, tell) as rows:
        for row in rows:
            file.write(msgspec.json.encode(dict(zip(columns, map(_told, row), strict=True))) + b"\n")
            count += 1
    return count


def _sqlite(folder: Path, view: str, views: Views, tell: Tell) -> int:
    columns, count = views.columns(view), 0
    with (
        closing(sqlite3.connect(folder / _DATABASE)) as connection,
        connection,
        _rows(views, view, tell) as rows,
    ):
        listed = ", ".join(f'"{name}"' for name in columns)
        connection.execute(f"create table {view} ({listed})")
        places = ", ".join("?" * len(columns))
        statement = f"insert into {view} values ({places})"  # noqa: S608 - a name of our own list
        while batch := [list(map(_told, row)) for row in islice(rows, _BATCH)]:
            connection.executemany(statement, batch)
            count += len(batch)
    return count


def _parquet(folder: Path, view: str, views: Views, tell: Tell) -> int:
    pa, parquet = _pyarrow()
    columns, count = views.columns(view), 0
    kinds = _kinds(views, view, len(columns))
    types = {"time": pa.timestamp("us", tz="UTC"), "int": pa.int64(), "float": pa.float64()}
    schema = pa.schema([(name, types.get(kind, pa.string())) for name, kind in zip(columns, kinds, strict=True)])
    with parquet.ParquetWriter(folder / f"{view}.parquet", schema) as writer, _rows(views, view, tell) as rows:
        while batch := list(islice(rows, _BATCH)):
            data = [
                pa.array([_as(kind, row[n]) for row in batch], type=schema.field(n).type)
                for n, kind in enumerate(kinds)
            ]
            writer.write_batch(pa.record_batch(data, schema=schema))
            count += len(batch)
    return count


def _kinds(views: Views, view: str, width: int) -> list[str]:
    """Return what each column holds, in all of its rows: a file's columns have one type from the first row on."""
    seen: list[set[str]] = [set() for _ in range(width)]
    with closing(views.rows(view)) as rows:
        for row in rows:
            for kinds, value in zip(seen, row, strict=True):
                if value is not None:
                    kinds.add({datetime: "time", int: "int", float: "float"}.get(type(value), "text"))
    return [_common(kinds) for kinds in seen]


def _common(kinds: set[str]) -> str:
    if kinds == {"int", "float"}:
        return "float"
    return next(iter(kinds)) if len(kinds) == 1 else "text"


def _as(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "float":
        return float(value)
    return str(_told(value)) if kind == "text" else value


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - only who wants Parquet needs it
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ExportError(
            "Parquet needs the library pyarrow, which is not installed; install `pantau[parquet]`, or export csv, jsonl or sqlite"
        ) from error
    return pa, parquet


_WRITERS: dict[str, Callable[[Path, str, Views, Tell], int]] = {
    "sqlite": _sqlite,
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
