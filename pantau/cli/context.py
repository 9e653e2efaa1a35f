"""What commands share: the settings they were called with, and the store these name."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from db.archive import Archive
from db.backup import refuse_half_restored
from db.engine import open_engine
from db.upgrade import check_revision, upgrade
from pantau.config import Settings, load
from pantau.show import plain

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OneLine(logging.Formatter):
    """A log line that stays one line: of an error its kind and words, without control characters of the web's."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return plain(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        """Return what went wrong, without the way there."""
        return f"({ei[0].__name__}: {ei[1]})"


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings that the command line, the file and the environment give."""
    found: Settings = load(ctx.obj["config"])
    return found


@contextmanager
def open_store(settings: Settings, *, create: bool = False) -> Iterator[Engine]:
    """Yield the store; `create` makes or upgrades it, else it must be there and of today's shape.

    Raises:
        StoreError: there is no store here yet, or it is another program's, or of another version.
    """
    if create:
        Path(settings.data).mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.store_url)
    try:
        refuse_half_restored(engine, Archive(settings.archive_folder))
        if create:
            upgrade(engine)
        else:
            check_revision(engine)
        yield engine
    finally:
        engine.dispose()


def set_up_log(*, debug: bool) -> None:
    """Send warnings, a line each, to standard error; with `debug` everything of our own, with tracebacks."""
    handler = logging.StreamHandler()
    handler.setFormatter((logging.Formatter if debug else OneLine)(_LOG_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if debug:
        for room in ("pantau", "crawlers", "pipeline", "db"):
            logging.getLogger(room).setLevel(logging.DEBUG)
