"""`pantau extract`: one page, or many lines of pages, to Article JSON."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from pantau.cli.context import settings_of
from pantau.cli.lines import lines_of, row_of
from pantau.clock import WallClock
from pantau.explanation import show_explanation
from pipeline.explain import explain
from pipeline.records import Article, Page
from pipeline.run import read_article

_NO_ADDRESS = "http://localhost/"


@click.command(epilog="Example: pantau extract page.html --url https://example.org/news/1")
@click.argument("source", default="-")
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read {"id","url","html"} lines (and "fetched_at"), write one article a line, in order.',
)
@click.option(
    "--url",
    default=_NO_ADDRESS,
    show_default=True,
    help="A saved page's own address: it decides on links, dates and pages.",
)
@click.option(
    "--explain",
    "explains",
    is_flag=True,
    help="Show where the text was found, and of each line whether it stayed or which rule took it.",
)
@click.pass_context
def extract(ctx: click.Context, source: str, jsonl: bool, url: str, explains: bool) -> None:
    """Read one page (a FILE, a URL, or - for standard input) into Article JSON."""
    catalogue = load_catalogue(settings_of(ctx).catalogue_folder)
    if jsonl and explains:
        raise click.UsageError("--explain shows one page and --jsonl reads many; leave out one of them")
    if jsonl:
        for line in lines_of(source):
            sys.stdout.buffer.write(_extract_line(line, catalogue) + b"\n")
        return
    page = _known(_page(ctx, source, url), catalogue)
    if explains:
        show_explanation(explain(page))
        return
    article = read_article(page)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(article), indent=1) + b"\n")


def _page(ctx: click.Context, source: str, url: str) -> Page:
    if source.startswith(("http://", "https://")):
        from crawlers.visit import visit  # noqa: PLC0415 - a saved page needs no Scrapy

        return visit(source, settings_of(ctx).crawl, WallClock())
    content = sys.stdin.buffer.read() if source == "-" else _read_file(source)
    return Page(url=url, content=content, fetched_at=WallClock().now())


def _known(page: Page, catalogue: Catalogue) -> Page:
    """Return a page with what the catalogue knows of its site's layout."""
    source = catalogue.source_of(page.url)
    return msgspec.structs.replace(page, source_id=source.id, hints=source.hints) if source else page


def _read_file(source: str) -> bytes:
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise click.ClickException(
            f"{source} cannot be read ({error.strerror}); name a saved page, or - for standard input"
        ) from error


def _extract_line(line: bytes, catalogue: Catalogue) -> bytes:
    identity: Any = None
    try:
        row = row_of(line)
        identity = row["id"]
        return msgspec.json.encode(_with_id(identity, read_article(_known(_page_of(row), catalogue))))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return msgspec.json.encode(
            {"id": identity, "error": f"the line cannot be read: {type(error).__name__} {error}"}
        )


def _with_id(identity: Any, article: Article) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(article)
    return found | {"id": identity}


def _page_of(row: dict[str, Any]) -> Page:
    fetched = datetime.fromisoformat(row["fetched_at"]) if row.get("fetched_at") else WallClock().now()
    return Page(
        url=str(row.get("url") or _NO_ADDRESS),
        content=row["html"].encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=fetched if fetched.tzinfo else fetched.replace(tzinfo=UTC),
    )
