"""One dispatcher a store, one re-reading, one at a time who stores articles and links them, by locks that the system frees.

They are freed when their holder dies, too.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from db.errors import DispatcherBusy, StoreBusy, StoreError

# Any number of our own: the first eight bytes of "pantau" as an integer.
_ADVISORY_KEY = 0x70616E746175
_REPROCESS_KEY = _ADVISORY_KEY + 1
_LINKING_KEY = _ADVISORY_KEY + 2
_SENTENCE = "another `pantau run` or `pantau crawl` works on this store; stop it first, or name another store"
_REPROCESS_SENTENCE = "another `pantau reprocess --apply` works on this store; wait until it is done, or stop it first"


@contextmanager
def dispatcher(engine: Engine) -> Iterator[None]:
    """Hold the right to hand out due work.

    Raises:
        DispatcherBusy: another process holds it.
        StoreError: nothing can be written beside the store.
    """
    with _hold(engine, _ADVISORY_KEY, ".lock", DispatcherBusy(_SENTENCE)):
        yield


def hold_linking(conn: Connection) -> None:
    """Wait until nobody else places reports under changes, and keep others from it until this transaction ends.

    On SQLite a transaction that writes is alone already.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LINKING_KEY})


@contextmanager
def reprocessor(engine: Engine) -> Iterator[None]:
    """Hold the right to read stored articles again and write what comes of it.

    Raises:
        StoreBusy: another process holds it.
    """
    with _hold(engine, _REPROCESS_KEY, ".reprocess.lock", StoreBusy(_REPROCESS_SENTENCE)):
        yield


@contextmanager
def _hold(engine: Engine, key: int, suffix: str, busy: Exception) -> Iterator[None]:
    hold = _hold_file(engine, suffix, busy) if engine.dialect.name == "sqlite" else _hold_advisory(engine, key, busy)
    with hold:
        yield


@contextmanager
def _hold_file(engine: Engine, suffix: str, busy: Exception) -> Iterator[None]:
    path = Path(f"{engine.url.database}{suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); check its rights") from error
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        yield


@contextmanager
def _hold_advisory(engine: Engine, key: int, busy: Exception) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.scalar(text("select pg_try_advisory_lock(:key)"), {"key": key}):
            raise busy
        try:
            yield
        finally:
            conn.execute(text("select pg_advisory_unlock(:key)"), {"key": key})
