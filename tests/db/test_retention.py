"""Retention: what a source does not keep goes, what proves an entry stays, whatever the source."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update

from db import indexing
from db.archive import Archive
from db.check import check
from db.engine import reading, writing
from db.models import article_version, download, endpoint, poll, removed_block, report, search_pending
from db.retention import overdue_sources, what_may_go
from db.search import search
from db.upkeep import tidy
from tests.db.kept import (
    NOW,
    OLD,
    PLAIN,
    RULE,
    add_article,
    add_page,
    add_poll,
    articles,
    build,
    bytes_of,
    quotes,
    raw,
    texts,
)
from tests.db.rows import version


@pytest.fixture
def kept(engine, tmp_path):
    """A filled store of either kind."""
    return build(engine, Archive(tmp_path / "archive", file_cap_bytes=6_000))


def tidied(kept, now=NOW):
    kept.archive.close()
    steps = list(tidy(kept.engine, kept.archive, now))
    assert [step.trouble for step in steps if step.trouble] == []
    assert check(kept.engine, kept.archive).findings == []
    return steps


def may_go(kept, now=NOW):
    with reading(kept.engine) as conn:
        return {item.source_id: what_may_go(conn, item) for item in overdue_sources(conn, now)}


def test_what_proves_nothing_goes_and_what_proves_stays(kept):
    before, words, proofs, known = bytes_of(kept), texts(kept), quotes(kept), articles(kept)
    told = may_go(kept)
    assert {name: (gone.pages, gone.articles) for name, gone in told.items()} == {"terkait": (3, 3), "bulanan": (3, 3)}
    steps = tidied(kept)
    plain = {url for url in words if "perahu" in url and "semua" not in url}
    assert len(plain) == 6
    assert bytes_of(kept) == {url: body for url, body in before.items() if url not in plain}
    assert texts(kept) == {url: "" if url in plain else body for url, body in words.items()}
    assert quotes(kept) == proofs
    assert articles(kept) == known
    assert sum(step.pages for step in steps) == sum(gone.pages for gone in told.values())
    assert sum(step.articles for step in steps) == 6
    with reading(kept.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(removed_block)) == 6
        bare = conn.execute(select(article_version).where(article_version.c.article_body == "")).all()
        assert {(row.extent, row.headline, len(row.blocks)) for row in bare} == {("headline", "Perahu", 0)}
        assert all("the text was let go on 2026-03-10" in row.notes[-1] for row in bare)
    assert may_go(kept).keys() == {"terkait", "bulanan"}
    assert not any(gone.pages or gone.articles for gone in may_go(kept).values())
    assert tidied(kept) == []


def test_the_bytes_are_given_back(kept):
    before = sum(kept.archive.ends().values())
    steps = tidied(kept)
    after = sum(kept.archive.ends().values())
    assert sum(step.byte_count for step in steps if not step.pages + step.articles) == before - after
    assert b"bulanan.test/berita/perahu" not in raw(kept)


@pytest.mark.parametrize(
    ("age", "gone"), [(6, set()), (8, {"terkait"}), (29, {"terkait"}), (31, {"terkait", "bulanan"})]
)
def test_each_source_has_its_time(engine, tmp_path, age, gone):
    kept = build(engine, Archive(tmp_path / "archive"), when=NOW - timedelta(days=age))
    tidied(kept)
    assert {url.split(".")[0].removeprefix("https://") for url, words in texts(kept).items() if not words} == gone


def test_an_entry_that_is_told_no_more_is_history_and_keeps_its_proof(kept):
    with writing(kept.engine) as conn:
        conn.execute(update(report).values(superseded_at=NOW))
    before = bytes_of(kept)
    tidied(kept)
    assert {url for url in before if "aturan" in url} <= bytes_of(kept).keys()
    assert texts(kept)["https://bulanan.test/berita/aturan"] == RULE


def test_every_version_of_what_proves_stays(kept):
    url = "https://bulanan.test/berita/aturan"
    second = add_page(kept.engine, kept.archive, "bulanan", f"{url}?lagi", "Tanpa aturan.", OLD)
    with writing(kept.engine) as conn:
        from db.articles import save_version

        save_version(
            conn, source_id="bulanan", site_key="aturan", canonical_url=url, observed_at=OLD, row=version("Tanpa.", (second,))
        )  # fmt: skip
    tidied(kept)
    assert f"{url}?lagi" in bytes_of(kept)
    assert texts(kept)[url] == "Tanpa."
    with reading(kept.engine) as conn:
        assert conn.scalar(text("select count(*) from article_version where article_body = 'WhatsApp melarang chatbot umum mulai 15 Januari 2026.'")) == 3  # fmt: skip


def test_a_feed_that_alone_announced_an_entry_stays_and_another_goes(kept):
    other = add_poll_again(kept)
    before = bytes_of(kept)
    assert "https://bulanan.test/rss?lama" in before
    tidied(kept)
    left = bytes_of(kept)
    assert "https://bulanan.test/rss" in left
    assert "https://bulanan.test/rss?lama" not in left
    with reading(kept.engine) as conn:
        assert conn.scalar(select(poll.c.download_id).where(poll.c.id == other)) is not None


def add_poll_again(kept):
    poll_id = add_poll(kept.engine, kept.archive, "bulanan", OLD - timedelta(days=1))
    with writing(kept.engine) as conn:
        download_id = conn.scalar(select(poll.c.download_id).where(poll.c.id == poll_id))
        conn.execute(update(download).where(download.c.id == download_id).values(url="https://bulanan.test/rss?lama"))
    return poll_id


def test_what_waits_to_be_read_and_a_platform_s_own_text_stay(kept):
    add_article(kept.engine, kept.archive, "bulanan", "belum", PLAIN.format(n=9), OLD, state="fetched")
    document = add_page(kept.engine, kept.archive, "bulanan", "https://bulanan.test/terms", "Syarat", OLD)
    with writing(kept.engine) as conn:
        values = {"source_id": "bulanan", "url": "https://bulanan.test/terms", "registrable_domain": "bulanan.test"}
        key = conn.execute(
            insert(endpoint)
            .values(kind="document", interval_s=900, next_poll_at=NOW, **values)
            .returning(endpoint.c.id)
        ).scalar_one()
        times = {"due_at": OLD, "started_at": OLD, "finished_at": OLD}
        conn.execute(insert(poll).values(endpoint_id=key, outcome="new", download_id=document, **times))
    tidied(kept)
    assert {"https://bulanan.test/berita/belum", "https://bulanan.test/terms"} <= bytes_of(kept).keys()


def test_the_same_text_fetched_again_is_no_edit_and_another_is(kept):
    tidied(kept)
    with writing(kept.engine) as conn:
        from db.articles import save_version

        again = add_download_of(conn)
        same = {"source_id": "bulanan", "site_key": "perahu-0", "canonical_url": "https://bulanan.test/berita/perahu-0"}
        saved = save_version(conn, observed_at=NOW, row=version(PLAIN.format(n=0), (again,)), **same)
        assert saved.cause is None
        saved = save_version(conn, observed_at=NOW, row=version("Perahu karam.", (again,)), **same)
        assert saved.cause == "edit"
    assert texts(kept)["https://bulanan.test/berita/perahu-0"] == "Perahu karam."
    assert not [step for step in tidied(kept) if step.articles]
    tidied(kept, NOW + timedelta(days=31))
    assert texts(kept)["https://bulanan.test/berita/perahu-0"] == ""


def add_download_of(conn):
    return conn.scalar(select(download.c.id).where(download.c.url == "https://bulanan.test/berita/perahu-0"))


def test_a_source_that_keeps_everything_loses_nothing(kept):
    before = {url: body for url, body in bytes_of(kept).items() if "semua" in url}
    tidied(kept, NOW + timedelta(days=10_000))
    assert {url: body for url, body in bytes_of(kept).items() if "semua" in url} == before


def test_a_damaged_file_is_said_and_left(kept):
    for name in kept.archive.ends():
        path = kept.archive.path_of(name)
        path.write_bytes(b"\x00" * path.stat().st_size)
    before = kept.archive.ends().keys()
    steps = list(tidy(kept.engine, kept.archive, NOW))
    assert [step.about for step in steps if step.trouble]
    assert all("restore the file from a backup" in step.trouble for step in steps if step.trouble)
    assert kept.archive.ends().keys() == before


def test_what_went_is_found_by_no_word_and_does_not_wait_to_be_read_by_searches(kept, monkeypatch):
    monkeypatch.setattr(indexing, "_BATCH", 2)
    with writing(kept.engine) as conn:
        indexing.index_all(conn)
        assert len(search(conn, "juragannya").hits) == 9
    tidied(kept)
    with reading(kept.engine) as conn:
        assert {hit.source_id for hit in search(conn, "juragannya").hits} == {"semua"}
        assert conn.scalar(select(func.count()).select_from(search_pending)) < 2
