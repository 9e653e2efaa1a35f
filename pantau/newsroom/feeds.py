"""Feeds and news sitemaps of the newsroom's sites."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

import msgspec


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One announced article."""

    url: str
    title: str
    published: datetime
    summary: str = ""


def rss(title: str, items: Iterable[Item], *, broken: bool = False) -> bytes:
    """Return an RSS feed; `broken` leaves a bare ampersand in its title, as many a real one has."""
    head = f"{title} & Kawan" if broken else escape(title)
    body = "".join(
        f"<item><title>{escape(i.title)}</title><link>{escape(i.url)}</link><guid>{escape(i.title)}</guid>"
        f"<pubDate>{format_datetime(i.published)}</pubDate><description>{escape(i.summary)}</description></item>"
        for i in items
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{head}</title>{body}</channel></rss>'.encode()


def atom(title: str, items: Iterable[Item]) -> bytes:
    """Return an Atom feed."""
    body = "".join(
        f'<entry><title>{escape(i.title)}</title><link href="{escape(i.url)}"/><id>{escape(i.url)}</id>'
        f"<published>{i.published.isoformat()}</published><updated>{i.published.isoformat()}</updated><summary>{escape(i.summary)}</summary></entry>"
        for i in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title>{body}</feed>'.encode()


def news_sitemap(name: str, items: Iterable[Item]) -> bytes:
    """Return a news sitemap."""
    body = "".join(
        f"<url><loc>{escape(i.url)}</loc><news:news><news:publication><news:name>{escape(name)}</news:name><news:language>id</news:language>"
        f"</news:publication><news:publication_date>{i.published.isoformat()}</news:publication_date><news:title>{escape(i.title)}</news:title></news:news></url>"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{body}</urlset>'
    ).encode()
