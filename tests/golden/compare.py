"""Read every golden page and tell where it reads differently from what a person said is right; accept nothing.

`python -m tests.golden.compare` prints the differences and ends with 1 when there are any. `--propose LAYOUT/SLUG` writes what is
read today to `expected.json.proposed`, for a person to read and, where it is right, to rename.
"""

import argparse
import difflib
import gzip
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.records import Article, Page, SourceHints
from pipeline.run import read_pages

HERE = Path(__file__).parent
FIELDS = (
    "headline",
    "blocks",
    "captions",
    "removed",
    "authors",
    "editors",
    "contributors",
    "date_published",
    "date_published_raw",
    "date_published_precision",
    "date_published_zone",
    "publisher",
    "section",
    "in_language",
    "extent",
    "verdict",
    "next_page_url",
    "canonical_url",
)
# Which element is the container is the reader's choice, so more of a page may be told as removed than its body's own noise.
AT_LEAST = frozenset({"captions", "removed"})


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A golden page's `meta.toml`: its addresses in order, when it was fetched, and what the catalogue would know of its layout."""

    description: str
    urls: tuple[str, ...]
    fetched_at: datetime
    hints: SourceHints = SourceHints()
    known: dict[str, str] = {}


def names() -> list[str]:
    """Return the golden pages as `layout/slug`, sorted."""
    return sorted(path.parent.relative_to(HERE).as_posix() for path in HERE.glob("*/*/meta.toml"))


@cache
def golden(name: str) -> Golden:
    """Return a page's `meta.toml`; raises `msgspec.ValidationError` when it holds what it should not."""
    meta = tomllib.loads((HERE / name / "meta.toml").read_text("utf-8"))
    return msgspec.convert(meta, Golden)


@cache
def expected(name: str) -> dict[str, Any]:
    """Return what a person said is right, by field."""
    told: dict[str, Any] = json.loads((HERE / name / "expected.json").read_text("utf-8"))
    return told


@cache
def read(name: str) -> dict[str, Any]:
    """Return what is read today, by field, in the shape of `expected.json`."""
    told = golden(name)
    pages = [
        Page(
            url=url,
            content=gzip.decompress((HERE / name / f"page{number}.html.gz").read_bytes()),
            fetched_at=told.fetched_at,
            hints=told.hints,
        )
        for number, url in enumerate(told.urls, 1)
    ]
    return shape(read_pages(pages).article)


def shape(article: Article) -> dict[str, Any]:
    """Return an article as `expected.json` tells it: pairs of kind and text, captions with their credit."""
    plain = msgspec.to_builtins(article)
    plain["blocks"] = [[block.kind, block.text] for block in article.blocks]
    plain["captions"] = [[caption.text, caption.credit] for caption in article.captions]
    plain["removed"] = [[item.kind, item.text] for item in article.removed]
    return {field: list(plain[field]) if isinstance(plain[field], tuple) else plain[field] for field in FIELDS}


def agrees(name: str, field: str) -> bool:
    """Return whether a field reads as expected: equal or, for what lies around the body, at least that, in that order."""
    want, got = expected(name)[field], read(name)[field]
    if field not in AT_LEAST:
        return bool(want == got)
    rest = iter(got)
    return all(item in rest for item in want)


def differing(name: str) -> list[str]:
    """Return the fields of a page that read differently from what is expected."""
    return [field for field in expected(name) if not agrees(name, field)]


def difference(name: str, field: str) -> Iterator[str]:
    """Yield the lines that tell how a field differs: `-` expected, `+` read."""
    want, got = (_lines(told[field]) for told in (expected(name), read(name)))
    for line in difflib.ndiff(want, got):
        if line.startswith(("-", "+")) and not (field in AT_LEAST and line.startswith("+")):
            yield line
    if field in AT_LEAST:
        yield from (f"+ {line}   (may stand)" for line in got if line not in want)


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        return [": ".join(str(part) for part in item) if isinstance(item, list) else str(item) for item in value]
    return [str(value)]


def propose(name: str) -> Path:
    """Write what is read today beside a page's `expected.json` and return where."""
    path = HERE / name / "expected.json.proposed"
    path.write_text(json.dumps(read(name), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every difference, or write a proposal; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.compare", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--propose", metavar="LAYOUT/SLUG", choices=names(), help="write expected.json.proposed")
    chosen = parser.parse_args(arguments).propose
    if chosen:
        _say(
            f"wrote {propose(chosen).relative_to(Path.cwd())}: read it through; rename it to expected.json if it is right"
        )
        return 0
    found = [(name, field) for name in names() for field in differing(name)]
    for name, field in found:
        _say(f"{name} · {field}{_reason(name, field)}")
        for line in difference(name, field):
            _say(f"    {line}")
    _say(f"{len(names())} pages, {len(found)} fields read differently")
    return 1 if found else 0


def _reason(name: str, field: str) -> str:
    reason = golden(name).known.get(field)
    return f"   known: {reason}" if reason else ""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
