"""Adding checks to tables that hold rows, on both databases, and saying in one sentence which rows stand against them.

SQLite can add a check only to a table that is made anew, with every row copied and everything that refers to it led back. A check changes
nothing of how rows lie, so its words are put into the table's definition instead, as SQLite's manual allows: at once, whatever the
size, and in the transaction of the upgrade.
"""

from sqlalchemy import Connection, column, func, select, table, text
from sqlalchemy.exc import OperationalError

from db.errors import StoreError


def one_of(name: str, values: tuple[str, ...]) -> str:
    """Return the condition that a column holds one of these words, or nothing."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{name} in ({listed})"


def add_checks(conn: Connection, table_name: str, checks: dict[str, str]) -> None:
    """Add checks, named without the table, to a table.

    Raises:
        StoreError: rows stand against one of them; nothing is changed.
    """
    for name, condition in checks.items():
        _refuse_offenders(conn, table_name, name, condition)
    named = {f"ck_{table_name}_{name}": condition for name, condition in checks.items()}
    if conn.dialect.name == "sqlite":
        _write_into_definition(conn, table_name, named)
        return
    for name, condition in named.items():
        conn.execute(text(f"alter table {table_name} add constraint {name} check ({condition})"))


def _refuse_offenders(conn: Connection, table_name: str, name: str, condition: str) -> None:
    against = select(func.count()).select_from(table(table_name)).where(text(f"not ({condition})"))
    if count := int(conn.execute(against).scalar_one()):
        what = name.removesuffix("_known").replace("_", " ")
        raise StoreError(
            f"{count} rows of the table {table_name} hold what no {what} can be, so the store stays as it was; restore it from a backup, "
            f"or mend those rows (where not ({condition})) and upgrade again"
        )


def _write_into_definition(conn: Connection, table_name: str, named: dict[str, str]) -> None:
    names = table("sqlite_master", column("sql"), column("name"), column("type"))
    mine = (names.c.type == "table") & (names.c.name == table_name)
    definition = conn.execute(select(names.c.sql).where(mine)).scalar_one()
    added = "".join(f", CONSTRAINT {name} CHECK ({condition})" for name, condition in named.items())
    head, bracket, tail = definition.rpartition(")")
    version = int(conn.exec_driver_sql("PRAGMA schema_version").scalar_one())
    conn.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        conn.execute(names.update().where(mine).values(sql=f"{head}{added}{bracket}{tail}"))
    except OperationalError as error:
        # Some systems' SQLite locks its definitions. What we write there is checked before it is written.
        if "may not be modified" not in str(error.orig):
            raise
    else:
        conn.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        conn.exec_driver_sql("PRAGMA writable_schema = RESET")
