"""`insert … on conflict do nothing`, on both databases."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, values: dict[str, Any] | list[dict[str, Any]]) -> int:
    """Insert rows that break no unique key, leave the others be, and return how many were new."""
    if not values:
        return 0
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = values if isinstance(values, list) else [values]
    added = 0
    for row in rows:
        statement = insert(table).values(**row).on_conflict_do_nothing()
        # Without this an insert's count is unknown on PostgreSQL, and an unknown count is -1.
        added += conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    return added
