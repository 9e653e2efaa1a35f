"""What commands share: the settings they were called with, and the store these name."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from db.engine import open_engine
from db.upgrade import check_revision, upgrade
from pantau.config import Settings, load


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
        if create:
            upgrade(engine)
        else:
            check_revision(engine)
        yield engine
    finally:
        engine.dispose()


def set_up_log(*, debug: bool) -> None:
    """Send warnings, or with `debug` everything of our own, to standard error."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if debug:
        for room in ("pantau", "crawlers", "pipeline", "db"):
            logging.getLogger(room).setLevel(logging.DEBUG)
