"""Removing rows together with all that hangs on them, by the foreign keys that the tables state."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from db.models import metadata


def erase(conn: Connection, table: Table, where: "ColumnElement[bool]") -> int:
    """Delete rows; what must refer to them goes too, what may refer to them refers to nothing then. Return how many of the rows went."""
    for child in reversed(metadata.sorted_tables):
        for key in child.foreign_keys:
            if key.column.table is not table:
                continue
            doomed: ColumnElement[Any] = key.parent
            refers = doomed.in_(select(key.column).where(where).correlate(None))
            if key.parent.nullable:
                conn.execute(update(child).where(refers).values({key.parent: None}))
            else:
                erase(conn, child, refers)
    return conn.execute(delete(table).where(where)).rowcount
