"""Rows from one store to another, of whichever kind: what a backup of PostgreSQL holds, and how it comes back."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, insert, select, text, update

from db.models import metadata

_BATCH = 1_000
# What is made from other rows is made anew there, by triggers and by whoever keeps it.
_DERIVED = ("search_entry", "search_pending")
_COPIED = [table for table in metadata.sorted_tables if table.name not in _DERIVED]
Tell = Callable[[str, int, int], None]


def count_rows(conn: Connection) -> dict[str, int]:
    """Return how many rows each table holds, but for those that are made from other rows."""
    return {table.name: int(conn.scalar(select(func.count()).select_from(table)) or 0) for table in _COPIED}


def copy_rows(source: Connection, target: Connection, tell: Tell) -> None:
    """Copy every table into the same, empty, table of another store; `tell` hears of table, rows done, rows in all."""
    totals = count_rows(source)
    for table in _COPIED:
        done = 0
        # A row may point at a later one of its own table: those pointers are set when all rows are there.
        inward = [column for column in table.columns if _points_inward(column)]
        later: list[dict[str, Any]] = []
        for rows in source.execution_options(yield_per=_BATCH).execute(select(table)).mappings().partitions():
            later += [_pointers(table, row, inward) for row in rows if any(row[c.name] is not None for c in inward)]
            target.execute(insert(table), [{**row, **{c.name: None for c in inward}} for row in rows])
            done += len(rows)
            tell(table.name, done, totals[table.name])
        if later:
            _point(target, table, inward, later)
        _go_on_counting(target, table)


def _points_inward(column: "Column[Any]") -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _pointers(table: Table, row: Any, inward: "list[Column[Any]]") -> dict[str, Any]:
    return {f"own_{c.name}": row[c.name] for c in table.primary_key} | {f"new_{c.name}": row[c.name] for c in inward}


def _point(conn: Connection, table: Table, inward: "list[Column[Any]]", rows: list[dict[str, Any]]) -> None:
    statement = update(table).where(*(c == bindparam(f"own_{c.name}") for c in table.primary_key))
    conn.execute(statement.values({c.name: bindparam(f"new_{c.name}") for c in inward}), rows)


def _go_on_counting(conn: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows behind the copied ones; SQLite does so by itself."""
    if conn.dialect.name != "postgresql" or not any(column.identity for column in table.columns):
        return
    last = conn.scalar(select(func.max(table.c.id)))
    if last is not None:
        statement = text("select setval(pg_get_serial_sequence(:name, 'id'), :last)")
        conn.execute(statement, {"name": table.name, "last": last})
