"""One statement that can only read, from a person who may type anything.

SQLite: a connection of its own whose authorizer allows nothing but reading, since a file opened read-only still lets ATTACH and
VACUUM INTO write other files. PostgreSQL: the extended protocol takes one statement only, in a read-only transaction as a role that
may do nothing but select; no statement can leave a role set by its transaction's owner without RESET, and only SELECT gets through.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from db.engine import read_only_address
from db.errors import StatementRefused

_CHECK_EVERY_OPS = 10_000
_READER = "pantau_reader"
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_UNSAFE_FUNCTIONS = {"load_extension", "writefile", "edit", "fts3_tokenizer", "readfile", "zeroblob", "randomblob"}
_REFUSED = "only one SELECT that reads the store may run; see docs/sql.md for what can be asked"
# In one SELECT, set_config can take the reader's role off and a function of SQL in a text then runs as the login, which may be a
# superuser. Neither name may stand anywhere in a statement, nor an identifier whose letters are escaped.
_SHEDS_ROLE = re.compile(r"set_config|_to_xml|u&\s*[\"']", re.IGNORECASE)
_LARGEST_VALUE_BYTES = 64 << 20

# `:name`, but neither a cast `::type` nor what stands in a text, a quoted name or a comment.
_PARAMETER = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*.*?\*/|(?<![:\w]):(?P<name>[a-z_][a-z0-9_]*)\b""", re.DOTALL
)

Rows = tuple[list[str], Sequence[Sequence[Any]]]


def read_only(
    engine: Engine,
    statement: str,
    params: Mapping[str, Any] | None = None,
    *,
    max_rows: int = 10_000,
    timeout_s: float = 30.0,
) -> Rows:
    """Run one SELECT (named parameters as `:name`) and return its columns and at most `max_rows` rows.

    Raises:
        StatementRefused: it would write, is not one statement, is not SQL, or takes longer than `timeout_s`.
    """
    if "\x00" in statement:
        raise StatementRefused(_REFUSED)
    run = _on_sqlite if engine.dialect.name == "sqlite" else _on_postgresql
    return run(engine, statement, params or {}, max_rows, timeout_s)


def _on_sqlite(engine: Engine, statement: str, params: Mapping[str, Any], max_rows: int, timeout_s: float) -> Rows:
    connection = sqlite3.connect(read_only_address(str(engine.url.database)), uri=True, timeout=timeout_s)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(_deadline(timeout_s), _CHECK_EVERY_OPS)
        cursor = connection.execute(statement, params)
        if cursor.description is None:
            raise StatementRefused(_REFUSED)
        return [column[0] for column in cursor.description], cursor.fetchmany(max_rows)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _refusal(str(error), timeout_s) from error
    finally:
        connection.close()


def _authorize(action: int, first: str | None, second: str | None, *rest: str | None) -> int:
    del first, rest
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _UNSAFE_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _deadline(timeout_s: float) -> Callable[[], int]:
    end = time.monotonic() + timeout_s
    return lambda: int(time.monotonic() > end)


def _refusal(reason: str, timeout_s: float) -> StatementRefused:
    if "interrupted" in reason or "statement timeout" in reason:
        return StatementRefused(f"the statement took longer than {timeout_s:g} seconds; narrow it or raise --timeout")
    return StatementRefused(f"{_REFUSED} ({' '.join(reason.split())})")


def _on_postgresql(engine: Engine, statement: str, params: Mapping[str, Any], max_rows: int, timeout_s: float) -> Rows:
    _require_select(statement)
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(url) as connection:
            _become_reader(connection, timeout_s)
            # Binary results force the extended protocol, which takes exactly one statement.
            with connection.cursor(binary=True) as cursor:
                cursor.execute(_named(statement), params)
                if cursor.description is None:
                    raise StatementRefused(_REFUSED)
                return [column.name for column in cursor.description], cursor.fetchmany(max_rows)
    except psycopg.Error as error:
        raise _refusal(str(error), timeout_s) from error


def _require_select(statement: str) -> None:
    words = statement.split(None, 1)
    if not words or words[0].lower() not in {"select", "with", "values"} or _SHEDS_ROLE.search(statement):
        raise StatementRefused(_REFUSED)


def _become_reader(connection: "psycopg.Connection[Any]", timeout_s: float) -> None:
    role = sql.Identifier(_READER)
    exists = connection.execute("select 1 from pg_roles where rolname = %s", (_READER,)).fetchone()
    if not exists:
        connection.execute(sql.SQL("create role {} nologin").format(role))
    connection.execute(sql.SQL("grant usage on schema public to {}").format(role))
    connection.execute(sql.SQL("grant select on all tables in schema public to {}").format(role))
    connection.commit()
    connection.execute("set transaction read only")
    connection.execute(sql.SQL("set local statement_timeout = {}").format(sql.Literal(int(timeout_s * 1000))))
    connection.execute(sql.SQL("set local role {}").format(role))


def _named(statement: str) -> str:
    return _PARAMETER.sub(_placeholder, statement.replace("%", "%%"))


def _placeholder(match: re.Match[str]) -> str:
    return f"%({match['name']})s" if match["name"] else match.group(0)
