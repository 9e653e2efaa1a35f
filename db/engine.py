"""The connection to a store: SQLite by default, PostgreSQL by address."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from db.errors import StoreError

_BUSY_S = 30.0
# The log cannot begin anew while somebody reads what is older than it. From half its cap on each write gives readers time, the more
# the longer the log is: two writers that write all the time fill the other half in a quarter of an hour, and none is stopped.
_WAL_CAP_BYTES = 64 << 20
_WAL_TRY_MS = 100
_WAL_PAUSE_S = (1.0, 10.0)


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://…`.

    Raises:
        StoreError: the address is of neither kind.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "the database address cannot be read; write sqlite:///file or postgresql://user@host/name"
        ) from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _open_sqlite(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise StoreError(
        f"{parsed.get_backend_name()} is not a database we know; use sqlite:///file or postgresql://user@host/name"
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction that holds the write lock from its start; it commits unless an error leaves it."""
    try:
        with _connect(engine) as conn:
            conn.execution_options(writes=True)
            with conn.begin():
                yield conn
            if engine.dialect.name == "sqlite":
                _keep_log_short(conn)
    except OperationalError as error:
        raise StoreError(
            f"the store {_place(engine)} cannot be written ({error.orig}); {_cure(str(error.orig))}"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the store."""
    with _connect(engine) as conn, conn.begin():
        yield conn


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the store throughout, whatever is written meanwhile, on PostgreSQL too."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with reading(engine.execution_options(**level)) as conn:
        yield conn


def _keep_log_short(conn: Connection) -> None:
    """Begin SQLite's log anew when it has become long; where a reader needs it, give that reader time."""
    wal = Path(f"{conn.engine.url.database}-wal")
    half = _WAL_CAP_BYTES // 2
    size = wal.stat().st_size if wal.exists() else 0
    if size <= half:
        return
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA busy_timeout = {_WAL_TRY_MS}")
    try:
        [is_busy, *_] = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        # What was written is committed, whatever comes of this.
        is_busy = True
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(_BUSY_S * 1000)}")
    if is_busy:
        # Not while holding the lock that other writers wait for.
        share = min(1.0, (size - half) / half)
        time.sleep(_WAL_PAUSE_S[0] * (1 - share) + _WAL_PAUSE_S[1] * share)


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DatabaseError as error:
        raise StoreError(
            f"the store {_place(engine)} cannot be opened ({error.orig}); check that it exists and may be read, restore it from a backup if it is damaged"
        ) from error


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _cure(reason: str) -> str:
    if "full" in reason or "No space" in reason:
        return "free some space, the work goes on from there"
    return "check its rights, and that no other program holds it"


def read_only_address(path: str) -> str:
    """Return the address that opens a SQLite file for reading only, also where nothing beside it can be written."""
    wal = Path(f"{path}-wal")
    # Without its shared memory a file in WAL mode cannot be opened, unless it is promised that nobody changes it.
    is_still = not os.access(Path(path).parent, os.W_OK) and not (wal.exists() and wal.stat().st_size)
    return f"file:{quote(path)}?mode=ro{'&immutable=1' if is_still else ''}"


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_S})
    path = engine.url.database or ""
    if Path(path).exists() and not os.access(Path(path).parent, os.W_OK):
        engine = create_engine(url, creator=lambda: sqlite3.connect(read_only_address(path), uri=True))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    del record
    # The driver must not open transactions by itself: in its default mode DDL survives a rollback.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_CAP_BYTES // 2}")
    with suppress(sqlite3.OperationalError):  # a store that may only be read keeps the mode that it has
        if _is_ours(connection):
            connection.execute("PRAGMA journal_mode = WAL")


def _is_ours(connection: sqlite3.Connection) -> bool:
    # The mode stays in the file: another program's must not be changed by looking at it.
    names = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    return not names or "alembic_version" in names


def _begin_sqlite(conn: Connection) -> None:
    # A deferred transaction that turns writer fails at once, whatever the timeout; an immediate one waits for its turn.
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")
