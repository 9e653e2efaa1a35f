"""The versions of one article, as people compare them."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, or_, select

from db.models import address, article, article_version, source
from db.reprocess import credits_of, removed_of

_LARGEST_ID = 2**63 - 1


class ArticleName(msgspec.Struct, frozen=True, kw_only=True):
    """An article: its id, who published it, where."""

    id: int
    outlet: str
    url: str


class VersionName(msgspec.Struct, frozen=True, kw_only=True):
    """A version: its number within the article, why it was made, when it was seen, and in which row it lies."""

    id: int
    seq: int
    cause: str
    observed_at: datetime
    extractor_version: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a version says; paragraphs in reading order, removed blocks as kind, rule and text."""

    headline: str | None
    extent: str
    date_published: datetime | None
    paragraphs: list[str]
    removed: list[tuple[str, str, str]]
    credits: list[tuple[str, str]]


def find_article(conn: Connection, name: str) -> ArticleName | None:
    """Return the article of an id or of an address, its own or one that leads to it."""
    a = article.c
    query = select(a.id, source.c.name.label("outlet"), a.canonical_url.label("url")).join(
        source, source.c.id == a.source_id
    )
    if name.isascii() and name.isdigit():
        found = conn.execute(query.where(a.id == int(name))).first() if int(name) <= _LARGEST_ID else None
    else:
        leads = select(address.c.article_id).where(address.c.url == name)
        found = conn.execute(query.where(or_(a.canonical_url == name, a.id.in_(leads))).order_by(a.id)).first()
    return ArticleName(**found._asdict()) if found else None


def versions_of(conn: Connection, article_id: int) -> list[VersionName]:
    """Return an article's versions, the first first."""
    v = article_version.c
    rows = conn.execute(
        select(v.id, v.seq, v.cause, v.observed_at, v.extractor_version)
        .where(v.article_id == article_id)
        .order_by(v.seq)
    )
    return [VersionName(**row._asdict()) for row in rows]


def version_of(conn: Connection, version_id: int) -> Version:
    """Return what a version says."""
    v = article_version.c
    row = conn.execute(select(v.headline, v.extent, v.date_published, v.blocks).where(v.id == version_id)).one()
    return Version(
        headline=row.headline,
        extent=row.extent,
        date_published=row.date_published,
        paragraphs=[block["text"] for block in row.blocks],
        removed=[(block["kind"], block["rule"], block["text"]) for block in removed_of(conn, version_id)],
        credits=credits_of(conn, version_id),
    )
