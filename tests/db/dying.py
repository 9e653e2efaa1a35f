"""Does a piece of the store's care in a process that kills itself (kill -9) before its Nth step on disk or its Nth commit.

usage: python tests/db/dying.py N restore|tidy|forget STORE ARCHIVE ARGUMENT
"""

import os
import pathlib
import signal
import sys

from sqlalchemy import Engine, event

from db.archive import Archive
from db.backup import restore
from db.engine import open_engine
from db.forget import forget, plan_page
from db.upkeep import tidy
from pipeline.relink import relink_without
from tests.db.rows import NOW

steps = 0


def die_before(number: int) -> None:
    """Make every step on disk and every commit count, and the Nth deadly."""

    def step(*_: object) -> None:
        global steps  # noqa: PLW0603 - a script of one purpose
        steps += 1
        if steps == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(real):
        def call(*args, **kwargs):
            step()
            return real(*args, **kwargs)

        return call

    for owner, names in ((os, ("fsync", "link", "truncate")), (pathlib.Path, ("rename", "unlink", "touch", "mkdir"))):
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    event.listen(Engine, "commit", step)


def main() -> None:
    """Do what the arguments say."""
    number, work, url, folder, argument = sys.argv[1:]
    engine, archive = open_engine(url), Archive(pathlib.Path(folder))
    die_before(int(number))
    if work == "restore":
        restore(engine, archive, pathlib.Path(argument), tell=lambda *_: None)
    elif work == "tidy":
        list(tidy(engine, archive, NOW))
    elif work == "forget":
        with engine.connect() as conn:
            plan = plan_page(conn, argument)
        list(forget(engine, archive, plan, NOW, relink=relink_without))
    engine.dispose()


if __name__ == "__main__":
    main()
