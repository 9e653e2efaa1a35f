"""Lines of a file or of standard input, for commands that read one JSON object a line."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec


def row_of(line: bytes) -> Any:
    """Return a line's JSON value; a lone surrogate escape, which strict readers refuse, is kept for the pages to deal with.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line)


def lines_of(source: str) -> Iterator[bytes]:
    """Yield the lines that hold something, of a file or (`-`) of standard input.

    Raises:
        ClickException: the file cannot be read.
    """
    if source == "-":
        yield from (line for line in sys.stdin.buffer if line.strip())
        return
    try:
        with Path(source).open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise click.ClickException(f"{source} cannot be read ({error.strerror}); name a file of JSON lines") from error
