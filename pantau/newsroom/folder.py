"""A folder of saved pages as a site with a feed and a news sitemap."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from pantau.newsroom.server import Reply

HOST = "saved-pages.test"
_NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


class PagesError(ValueError):
    """The folder holds no saved pages."""


class PagesSite:
    """Serves `*.html` and `*.html.gz` of a folder, bytes as they are."""

    def __init__(self, folder: Path) -> None:
        found = _pages(folder)
        self.unreadable = [path.name for path in found if not _unpacks(path)]
        self.pages = {_name(path): path for path in found if path.name not in self.unreadable}
        if not self.pages:
            raise PagesError(f"{folder} holds no *.html or *.html.gz file; name a folder of saved pages")
        self.now = _NOW
        self.later = _NOW + timedelta(hours=2)
        self.hosts = {HOST: "127.0.0.1"}

    def answer(self, host: str, path: str) -> Reply:
        """Return the page, feed, sitemap or robots.txt at a path."""
        if path == "/feed.xml":
            return Reply(body=self._feed(host), content_type="application/rss+xml; charset=utf-8")
        if path == "/news-sitemap.xml":
            return Reply(body=self._sitemap(host), content_type="application/xml")
        if path == "/robots.txt":
            return Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")
        page = self.pages.get(path.removeprefix("/page/"))
        if page is None:
            return Reply(status=404, body=b"<h1>Not found</h1>")
        return Reply(body=_content(page), content_type="text/html")

    def write_catalogue(self, folder: Path, port: int) -> None:
        """Write the catalogue of this one site."""
        home = f"http://{HOST}:{port}"
        text = f"""[[source]]
id = "saved-pages"
name = "Saved pages"
homepage = "{home}/"
in_language = "en"
scope = "all"
endpoints = [{{ kind = "feed", url = "{home}/feed.xml" }}, {{ kind = "news_sitemap", url = "{home}/news-sitemap.xml" }}]

[source.hints]
article_url = '/page/(?P<id>[^/?#]+)$'
"""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "saved-pages.toml").write_text(text, "utf-8")

    def _feed(self, host: str) -> bytes:
        items = "".join(f"<item><link>/page/{escape(name)}</link></item>" for name in self._half(0))
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()

    def _sitemap(self, host: str) -> bytes:
        del host
        items = "".join(f"<url><loc>/page/{escape(name)}</loc></url>" for name in self._half(1))
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'.encode()

    def _half(self, which: int) -> list[str]:
        return [name for number, name in enumerate(sorted(self.pages)) if number % 2 == which]


def _name(path: Path) -> str:
    return quote(path.name.removesuffix(".gz").removesuffix(".html"))


def _unpacks(path: Path) -> bool:
    try:
        _content(path)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def _pages(folder: Path) -> list[Path]:
    return (
        sorted(path for path in folder.glob("*.html*") if path.name.endswith((".html", ".html.gz")))
        if folder.is_dir()
        else []
    )
