"""Rows that tests of the store begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from db.articles import SavedVersion, VersionRow, save_version
from db.catalogue import sync_catalogue
from db.engine import writing
from db.lease import take_addresses, take_endpoints
from db.models import address
from db.outcomes import finish_poll
from db.records import Answer, DueAddress, DueEndpoint, EndpointRow, Found, SourceRow

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)


def source_row(name: str = "situs", **more: Any) -> SourceRow:
    """Return a source."""
    values = {
        "id": name,
        "kind": "news",
        "name": name.title(),
        "in_language": "id",
        "country": "ID",
        "timezone": "Asia/Jakarta",
        "registrable_domain": f"{name}.test",
        "enabled": True,
        "scope": "all",
        "keep": "all",
        "terms_note": None,
        "catalogue_sha256": "0" * 64,
    }
    return SourceRow(**(values | more))


def endpoint_row(name: str = "situs", path: str = "rss", **more: Any) -> EndpointRow:
    """Return an endpoint of a source."""
    values = {
        "source_id": name,
        "kind": "feed",
        "url": f"https://{name}.test/{path}",
        "registrable_domain": f"{name}.test",
        "interval_s": 900,
    }
    return EndpointRow(**(values | more))


def fill(engine: Engine, *names: str) -> None:
    """Store sources with a feed each."""
    with writing(engine) as conn:
        sync_catalogue(
            conn, [source_row(n) for n in names or ("situs",)], [endpoint_row(n) for n in names or ("situs",)], NOW
        )


def due_endpoint(conn: Connection, now: datetime = NOW) -> DueEndpoint:
    """Lease the next endpoint."""
    [due] = take_endpoints(conn, now=now, limit=1, holder="me", lease=LEASE)
    return due


def due_address(conn: Connection, now: datetime = NOW) -> DueAddress:
    """Lease the next address."""
    [due] = take_addresses(conn, now=now, limit=1, holder="me", lease=LEASE)
    return due


def found(number: int, **more: Any) -> Found:
    """Return an announced address."""
    values = {
        "url": f"https://situs.test/berita/{number}",
        "registrable_domain": "situs.test",
        "site_key": str(number),
        "headline": f"Perahu {number}",
    }
    return Found(**(values | more))


def answer(url: str = "https://situs.test/rss", **more: Any) -> Answer:
    """Return an answer without bytes."""
    return Answer(
        **(
            {"source_id": "situs", "url": url, "fetched_at": NOW, "status": 200, "etag": '"a"', "sha256": "1" * 64}
            | more
        )
    )


def announce(engine: Engine, *items: Found, **more: Any) -> None:
    """Store a poll that found these."""
    with writing(engine) as conn:
        due = due_endpoint(conn)
        values = {
            "started_at": NOW,
            "finished_at": NOW,
            "outcome": "new",
            "next_poll_at": NOW + timedelta(minutes=15),
            "answer": answer(),
        }
        finish_poll(conn, due, found=items, **(values | more))


def states(conn: Connection) -> dict[str, str]:
    """Return the state of each address."""
    return {row.url.rpartition("/")[2]: row.state for row in conn.execute(select(address.c.url, address.c.state))}


def version(text: str, downloads: tuple[int, ...] = (), **more: Any) -> VersionRow:
    """Return a version of a text."""
    values = {
        "extent": "full", "headline": "Perahu", "description": None, "article_body": text,
        "blocks": [{"kind": "paragraph", "text": text}] if text else [], "captions": [], "simhash": None, "date_published": NOW,
        "date_published_offset_min": 420, "date_published_zone": "stated", "date_published_precision": "minute",
        "date_published_raw": "Selasa", "date_modified": None, "publisher": None, "in_language": "id", "section": None,
        "verdict": "article", "confidence": 1.0, "notes": [], "negative_kind": None, "negative_reason": None, "annotator_version": "1",
    }  # fmt: skip
    extractor = more.pop("extractor_version", "1")
    removed = more.pop("removed", [])
    return VersionRow(
        values=values | more,
        text_sha256=f"sha of {text} {more.get('extent', 'full')}",
        extractor_version=extractor,
        credits=[("author", "Sari")],
        removed=removed,
        download_ids=downloads,
    )


def save(conn: Connection, row: VersionRow, key: str = "1") -> SavedVersion:
    """Store a version of an article."""
    return save_version(
        conn,
        source_id="situs",
        site_key=key,
        canonical_url=f"https://situs.test/berita/{key}",
        observed_at=NOW,
        row=row,
    )
