"""A small store with an archive: sources of every kind of `keep`, articles that prove an entry and articles that prove nothing."""

import os
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, insert, select, text

from db.archive import Archive, ArchivedResponse
from db.articles import save_version
from db.catalogue import sync_catalogue
from db.changes import ReportRow, StatusEvent, add_change, add_report
from db.downloads import add_download
from db.engine import reading, writing
from db.models import address, article, download, endpoint, poll
from pipeline.review import Speaker, judge, mend, merge, undo
from tests.db.rows import NOW, answer, endpoint_row, source_row, version

KEEPS = {"semua": "all", "terkait": "relevant", "bulanan": "days:30"}
OLD = NOW - timedelta(days=60)
RULE = "WhatsApp melarang chatbot umum mulai 15 Januari 2026."
PLAIN = "Perahu {n} berangkat dari hulu sebelum fajar, kata juragannya."
CHANGE = {
    "company": "Meta", "product": "WhatsApp", "surface": None, "action": "ban", "action2": None,
    "object": "general_purpose_chatbot", "direction": "tighten", "instrument": None,
}  # fmt: skip


def kill_steps() -> "count[int]":
    """Return the steps at which to kill: every fourth, all where PANTAU_EVERY_STEP is set; each costs a process and a check of the store."""
    return count(1, 1 if os.environ.get("PANTAU_EVERY_STEP") else 4)


class Kept(NamedTuple):
    """A store and its archive."""

    engine: Engine
    archive: Archive


def build(engine: Engine, archive: Archive, *, when: datetime = OLD, plain: int = 3) -> Kept:
    """Fill a store: of each source a feed, an article that proves, one that only its feed proves, and some plain ones."""
    archive.recover({})
    with writing(engine) as conn:
        rows = [source_row(name, keep=keep) for name, keep in KEEPS.items()]
        sync_catalogue(conn, rows, [endpoint_row(name) for name in KEEPS], when)
    for name in KEEPS:
        poll_id = add_poll(engine, archive, name, when)
        add_article(engine, archive, name, "aturan", RULE, when, poll_id=poll_id, proves=True)
        for n in range(plain):
            add_article(engine, archive, name, f"perahu-{n}", PLAIN.format(n=n), when)
    archive.close()
    return Kept(engine, archive)


def say(engine: Engine) -> str:
    """Let a person confirm an entry, merge another into it, and undo a word; return the entry's public id."""
    speaker = Speaker(name="Sari", note="so it stands in the terms", now=NOW)
    with reading(engine) as conn:
        first, second, third = conn.scalars(text("select change_id from changes order by change_id"))
    with writing(engine) as conn:
        judge(conn, first, "confirm", speaker)
        merge(conn, first, second, speaker)
        judge(conn, third, "wrong", speaker)
        undo(conn, third, None, speaker)
        mend(conn, first, "effective", "2026-02-01", speaker)
    return str(first)


def page(url: str, body: str, when: datetime = OLD) -> ArchivedResponse:
    """Return an answer that cannot be packed small: its noise stands for a page's own."""
    noise = "".join(f"{hash((url, n)) & 0xFFFFFFFF:08x}" for n in range(100))
    content = f"<h1>{url}</h1><p>{body}</p><!-- {noise} -->".encode()
    return ArchivedResponse(
        url=url, fetched_at=when, status=200, headers=(("Content-Type", "text/html"),), body=content
    )


def add_page(engine: Engine, archive: Archive, name: str, url: str, body: str, when: datetime) -> int:
    """Archive a page and store its download; return its id."""
    place = archive.append(page(url, body, when))
    with writing(engine) as conn:
        found = answer(url, source_id=name, fetched_at=when, final_url=url, sha256=place.sha256, location=place)
        return add_download(conn, found)


def add_poll(engine: Engine, archive: Archive, name: str, when: datetime) -> int:
    """Store a poll of a source's feed; return its id."""
    download_id = add_page(engine, archive, name, f"https://{name}.test/rss", "umpan", when)
    with writing(engine) as conn:
        endpoint_id = conn.scalar(select(endpoint.c.id).where(endpoint.c.source_id == name))
        values = {
            "endpoint_id": endpoint_id,
            "due_at": when - timedelta(hours=1),
            "started_at": when,
            "finished_at": when,
            "outcome": "new",
        }
        return int(
            conn.execute(insert(poll).values(download_id=download_id, **values).returning(poll.c.id)).scalar_one()
        )


def add_article(
    engine: Engine,
    archive: Archive,
    name: str,
    key: str,
    body: str,
    when: datetime,
    *,
    poll_id: int | None = None,
    proves: bool = False,
    state: str = "read",
) -> int:
    """Store an article with its page, and a report where it proves an entry; return its id."""
    url = f"https://{name}.test/berita/{key}"
    download_id = add_page(engine, archive, name, url, body, when)
    removed = [{"kind": "read_also", "rule": "id-read-also", "text": "Baca juga: Hujan", "after_block": 0, "char_offset": None}]  # fmt: skip
    with writing(engine) as conn:
        saved = save_version(
            conn,
            source_id=name,
            site_key=key,
            canonical_url=url,
            observed_at=when,
            row=version(body, (download_id,), removed=removed),
        )
        values: dict[str, Any] = {
            "url": url, "source_id": name, "registrable_domain": f"{name}.test", "site_key": key, "role": "article",
            "state": state, "first_seen_at": when, "article_id": saved.article_id, "download_id": download_id,
            "poll_id": poll_id,
        }  # fmt: skip
        conn.execute(insert(address).values(**values))
        if proves:
            change_id = add_change(conn, CHANGE, f"{name}|{key}", when)
            add_report(
                conn,
                version_id=saved.version_id,
                change_id=change_id,
                annotator_version="1",
                row=telling(body),
                now=when,
            )
        return saved.article_id


def telling(body: str) -> ReportRow:
    """Return a report whose quote is a text's first two words."""
    quote = " ".join(body.split()[:2])
    return ReportRow(
        ordinal=0,
        change=CHANGE,
        attribution=None,
        confidence=0.9,
        doubtful=False,
        evidence=[{"slot": "action", "field": "article_body", "start_char": 0, "end_char": len(quote), "quote": quote}],
        statuses=[
            StatusEvent(
                status="in_effect",
                jurisdiction="",
                from_day="2026-01-15",
                from_precision="day",
                from_raw=None,
                dated_by="text",
            )
        ],
        parties=[("affected", "bisnis")],
    )


def bytes_of(kept: Kept) -> dict[str, bytes]:
    """Return the archived body of every download that has one, by address."""
    d = download.c
    with reading(kept.engine) as conn:
        rows = conn.execute(select(d.id, d.url).where(d.archive_file.is_not(None)).order_by(d.id)).all()
        return {row.url: kept.archive.read(place_of(conn, row.id)).body for row in rows}


def place_of(conn: Connection, download_id: int) -> Any:
    """Return where a download lies."""
    from db.downloads import location_of

    return location_of(conn, download_id)


def texts(kept: Kept) -> dict[str, str]:
    """Return the current text of every article, by address."""
    with reading(kept.engine) as conn:
        return {row.url: row.article_body for row in conn.execute(text("select url, article_body from articles"))}


def quotes(kept: Kept) -> list[tuple[str, str]]:
    """Return every report's article and quote."""
    with reading(kept.engine) as conn:
        return [(row.url, row.proof) for row in conn.execute(text("select url, proof from reports order by url"))]


def articles(kept: Kept) -> list[str]:
    """Return the addresses of the articles."""
    with reading(kept.engine) as conn:
        return sorted(conn.scalars(select(article.c.canonical_url)))


def raw(kept: Kept) -> bytes:
    """Return everything that the archive's files hold, unpacked where it can be."""
    import gzip

    return b"".join(gzip.decompress(kept.archive.path_of(name).read_bytes()) for name in kept.archive.ends())
