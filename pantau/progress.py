"""How far long work has come: a bar on a terminal, else a plain line now and then, on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pantau.show import plain

_EVERY_S = 5.0


class Tell(Protocol):
    """Hears what is under way, how much of it is done, and how much it is in all."""

    def __call__(self, about: str, done: int, total: int, /) -> None:
        """Show it."""
        ...


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield what long work tells its progress to."""
    if sys.stderr.isatty():
        with _bars() as bars:
            yield _on_terminal(bars)
    else:
        yield _in_lines()


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _on_terminal(bars: Progress) -> Tell:
    known = {}

    def tell(about: str, done: int, total: int, /) -> None:
        if about not in known:
            known[about] = bars.add_task(plain(about), total=total)
        bars.update(known[about], completed=done, total=total)
        if done >= total:
            bars.remove_task(known.pop(about))

    return tell


def _in_lines() -> Tell:
    said = time.monotonic()

    def tell(about: str, done: int, total: int, /) -> None:
        nonlocal said
        if time.monotonic() - said >= _EVERY_S:
            said = time.monotonic()
            click.echo(f"{plain(about)}: {done:,} of {total:,}", err=True)

    return tell
