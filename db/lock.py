"""One dispatcher a store, by a lock that the system frees when its holder dies; and one at a time who says which reports are one."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from db.errors import DispatcherBusy, StoreError

# Any number of our own: the first eight bytes of "pantau" as an integer.
_ADVISORY_KEY = 0x70616E746175
_LINKING_KEY = _ADVISORY_KEY + 1
_SENTENCE = "another `pantau run` or `pantau crawl` works on this store; stop it first, or name another store"


@contextmanager
def dispatcher(engine: Engine) -> Iterator[None]:
    """Hold the right to hand out due work.

    Raises:
        DispatcherBusy: another process holds it.
        StoreError: nothing can be written beside the store.
    """
    hold = _hold_file if engine.dialect.name == "sqlite" else _hold_advisory
    with hold(engine):
        yield


def hold_linking(conn: Connection) -> None:
    """Wait until nobody else places reports under changes, and keep others from it until this transaction ends.

    On SQLite a transaction that writes is alone already.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LINKING_KEY})


@contextmanager
def _hold_file(engine: Engine) -> Iterator[None]:
    path = Path(f"{engine.url.database}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); check its rights") from error
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DispatcherBusy(_SENTENCE) from error
        yield


@contextmanager
def _hold_advisory(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}):
            raise DispatcherBusy(_SENTENCE)
        try:
            yield
        finally:
            conn.execute(text("select pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
