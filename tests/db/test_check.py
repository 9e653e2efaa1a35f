"""What the check finds, what the repair mends, and what it leaves alone."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from db.archive import Archive
from db.articles import save_version
from db.check import check
from db.engine import open_engine, reading, writing
from db.errors import ArchiveError
from db.indexing import index_all
from db.models import (
    address,
    article,
    article_version,
    download,
    evidence,
    policy_change,
    policy_status,
    report,
    search_entry,
    tombstone,
)
from db.repair import repair
from db.reviews import add_review, hold
from db.upgrade import upgrade
from db.upkeep import refuse_strange_archive, tidy
from tests.db.kept import NOW, PLAIN, RULE, add_page, build, bytes_of, page, quotes, texts
from tests.db.rows import version

URL = "https://semua.test/berita/aturan"


@pytest.fixture
def kept(engine, tmp_path):
    """A filled store of either kind."""
    return build(engine, Archive(tmp_path / "archive", file_cap_bytes=6_000))


def found(kept):
    return {finding.kind for finding in check(kept.engine, kept.archive).findings}


def mended(kept):
    return list(repair(kept.engine, kept.archive, NOW))


def test_a_sound_store_is_sound_and_is_counted(kept):
    told = check(kept.engine, kept.archive)
    assert told.findings == []
    assert told.counts["article"] == 12
    assert told.kinds["versions by cause"] == {"first": 12}
    assert told.kinds["changes by action"] == {"ban": 3}
    assert told.kinds["polls by outcome"] == {"new": 3}
    assert mended(kept) == []


def test_progress_is_told(kept):
    heard = {}
    check(kept.engine, kept.archive, lambda about, done, total: heard.__setitem__(about, (done, total)))
    assert heard == {"archive": (15, 15), "quotes": (3, 3), "removed blocks": (12, 12)}


def flip(kept, offset_share=0.5):
    with reading(kept.engine) as conn:
        row = conn.execute(select(download).where(download.c.url == URL)).one()
    path = kept.archive.path_of(row.archive_file)
    raw = bytearray(path.read_bytes())
    raw[row.archive_offset + int(row.archive_length * offset_share)] ^= 0xFF
    path.write_bytes(bytes(raw))


def test_a_damaged_record_is_let_go_and_its_page_fetched_again(kept):
    before = bytes_of(kept)
    flip(kept)
    assert found(kept) == {"archive"}
    [done] = mended(kept)
    assert URL in done
    assert "fetched again" in done
    assert found(kept) == set()
    assert bytes_of(kept) == {url: body for url, body in before.items() if url != URL}
    assert (texts(kept)[URL], len(quotes(kept))) == (RULE, 3)
    with reading(kept.engine) as conn:
        row = conn.execute(select(address).where(address.c.url == URL)).one()
        assert (row.state, row.next_fetch_at, row.download_id) == ("due", NOW, None)
        assert "damaged in the archive: pantau-00000.warc.gz at" in conn.scalar(
            select(download.c.error).where(download.c.url == URL)
        )


def test_the_same_text_fetched_again_is_the_version_s_proof_again(kept):
    flip(kept)
    mended(kept)
    again = add_page(kept.engine, kept.archive, "semua", URL, RULE, NOW)
    with writing(kept.engine) as conn:
        saved = save_version(
            conn, source_id="semua", site_key="aturan", canonical_url=URL, observed_at=NOW, row=version(RULE, (again,))
        )
        assert saved.cause is None
    kept.archive.close()
    list(tidy(kept.engine, kept.archive, NOW + timedelta(days=99)))
    assert URL in bytes_of(kept)


def test_a_missing_file_is_left_for_a_backup(kept):
    [name, *_] = kept.archive.ends()
    content = kept.archive.path_of(name).read_bytes()
    kept.archive.path_of(name).unlink()
    assert found(kept) == {"archive"}
    assert mended(kept) == []
    kept.archive.path_of(name).write_bytes(content)
    assert found(kept) == set()


def test_a_cut_file_is_mended_as_far_as_it_reaches(kept):
    [name, *_] = kept.archive.ends()
    os.truncate(kept.archive.path_of(name), 1_000)
    assert found(kept) == {"archive"}
    assert len(mended(kept)) > 3
    assert found(kept) == set()
    add_page(kept.engine, kept.archive, "semua", "https://semua.test/baru", "Baru", NOW)
    kept.archive.close()
    assert found(kept) == set()


def test_a_tail_and_files_that_no_row_knows_are_removed(kept):
    names = list(kept.archive.ends())
    with kept.archive.path_of(names[-1]).open("ab") as file:
        file.write(b"ekor")
    kept.archive.path_of("pantau-00077.warc.gz").write_bytes(b"asing")
    before = bytes_of(kept)
    assert found(kept) == {"tail"}
    assert mended(kept) == ["what no row points at: 9 bytes removed that no row points at"]
    assert found(kept) == set()
    assert (bytes_of(kept), list(kept.archive.ends())) == (before, names)


def test_a_quote_is_found_where_it_stands_once_and_nowhere_else(kept):
    with writing(kept.engine) as conn:
        conn.execute(update(evidence).where(evidence.c.report_id == 1).values(start_char=5, end_char=22))
        conn.execute(update(evidence).where(evidence.c.report_id == 2).values(quote="Tak pernah tertulis"))
    assert found(kept) == {"quote"}
    assert mended(kept) == ["report 1: the quote for action was found at 0"]
    [left] = check(kept.engine, kept.archive).findings
    assert (left.kind, left.row_id) == ("quote", 2)


def test_a_text_is_made_of_its_blocks_unless_that_unsays_a_quote(kept):
    with writing(kept.engine) as conn:
        v = article_version.c
        plain = conn.scalar(select(v.id).where(v.article_body == PLAIN.format(n=0)).limit(1))
        telling = conn.scalar(select(v.id).where(v.article_body == RULE).limit(1))
        conn.execute(update(article_version).where(v.id == plain).values(article_body="lain"))
        conn.execute(
            update(article_version)
            .where(v.id == telling)
            .values(blocks=[{"kind": "paragraph", "text": "Lain sama sekali."}])
        )
    assert found(kept) == {"orphan"}
    assert mended(kept) == [f"version {plain}: its text was made anew from its blocks"]
    [left] = check(kept.engine, kept.archive).findings
    assert f"the first is {telling}" in left.message


def test_rows_that_lack_what_they_cannot_be_without_are_mended(kept):
    with writing(kept.engine) as conn:
        conn.execute(update(article_version).where(article_version.c.article_id == 2).values(is_current=False))
        conn.execute(
            insert(article).values(
                source_id="semua", site_key="kosong", canonical_url="x", extent="full", first_seen_at=NOW
            )
        )
        slots = {"company": "x", "action": "ban", "object": "ai_agents", "direction": "tighten"}
        conn.execute(insert(policy_change).values(public_id="pc-sepi", created_at=NOW, **slots))
        conn.execute(delete(evidence).where(evidence.c.report_id == 1))
        conn.execute(delete(policy_status).where(policy_status.c.report_id == 2))
        conn.execute(update(address).where(address.c.article_id == 3).values(state="fetched", download_id=None))
    assert len(check(kept.engine, kept.archive).findings) == 5
    done = mended(kept)
    assert len(done) == 6, done
    assert found(kept) == set()
    with reading(kept.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(article)) == 12
        assert conn.scalar(select(func.count()).where(report.c.superseded_at.is_not(None))) == 2
        assert conn.scalar(select(address.c.state).where(address.c.article_id == 3)) == "due"


def test_a_report_is_put_where_its_change_leads_and_the_search_is_mended(kept):
    with writing(kept.engine) as conn:
        index_all(conn)
        one, two = list(conn.scalars(select(policy_change.c.id).order_by(policy_change.c.id).limit(2)))
        conn.execute(update(policy_change).where(policy_change.c.id == two).values(merged_into=one))
        conn.execute(delete(search_entry).where(search_entry.c.article_id == 1))
    assert found(kept) == {"orphan", "search"}
    assert len(mended(kept)) == 2
    assert found(kept) == set()
    with reading(kept.engine) as conn:
        assert conn.scalar(text("select report_count from changes order by report_count desc limit 1")) == 2


def test_reviews_are_counted(kept):
    with writing(kept.engine) as conn:
        change_id = conn.scalar(select(func.min(policy_change.c.id)))
        word = add_review(conn, change_id, "wrong", "Sari", None, NOW)
        hold(conn, word, change_id)
    told = check(kept.engine, kept.archive)
    assert told.findings == []
    assert told.kinds["reviews by verdict"] == {"wrong": 1}
    assert (told.counts["review"], told.counts["review_pin"]) == (1, 1)


def test_what_was_not_finished_is_said(kept):
    with writing(kept.engine) as conn:
        values = {"kind": "source", "source_id": "semua", "forgotten_at": NOW}
        conn.execute(insert(tombstone).values(key_sha256="0" * 64, **values))
    [left] = check(kept.engine, kept.archive).findings
    assert left.message == "forgetting the source semua was interrupted; forget it once more"


def test_of_many_findings_the_first_are_told_and_the_rest_counted(kept, monkeypatch):
    monkeypatch.setattr("db.check._TOLD_OF_A_KIND", 2)
    with writing(kept.engine) as conn:
        conn.execute(update(download).values(sha256="0" * 64))
    findings = check(kept.engine, kept.archive).findings
    assert [finding.message for finding in findings][2:] == ["and 13 more"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_damaged_store_is_a_finding(kept):
    with reading(kept.engine) as conn:
        page = conn.scalar(text("select rootpage from sqlite_master where name = 'ix_download_url'"))
    kept.engine.dispose()
    with Path(kept.engine.url.database).open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 4096)
    [finding] = check(kept.engine, kept.archive).findings
    assert finding.kind == "store"
    assert "restore it from a backup" in finding.message
    assert "\n" not in finding.message


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_row_that_refers_to_nothing_is_a_finding(kept):
    kept.engine.dispose()
    import sqlite3

    with sqlite3.connect(kept.engine.url.database) as connection:
        connection.execute("delete from download where id = 2")
    connection.close()
    assert {finding.kind for finding in check(kept.engine, kept.archive).findings} >= {"store"}


def test_a_check_changes_nothing(kept):
    flip(kept)
    before = {name: kept.archive.path_of(name).read_bytes() for name in kept.archive.ends()}
    with reading(kept.engine) as conn:
        rows = conn.execute(text("select count(*), max(error) from download")).one()
    check(kept.engine, kept.archive)
    assert {name: kept.archive.path_of(name).read_bytes() for name in kept.archive.ends()} == before
    with reading(kept.engine) as conn:
        assert conn.execute(text("select count(*), max(error) from download")).one() == rows


def test_a_record_that_waits_for_its_row_is_no_finding(kept):
    kept.archive.append(page("https://semua.test/lagi", "Lagi"))
    assert found(kept) == set()
    kept.archive.close()
    assert found(kept) == {"tail"}


def test_an_empty_store_does_not_cut_another_s_archive(kept, tmp_path, monkeypatch):
    monkeypatch.setattr("db.upkeep._A_FIRST_START_BYTES", 1_000)
    other = open_engine(f"sqlite:///{tmp_path / 'baru.db'}")
    upgrade(other)
    before = kept.archive.ends()
    with pytest.raises(ArchiveError, match="this empty store knows nothing of"):
        list(tidy(other, kept.archive, NOW))
    with reading(other) as conn, pytest.raises(ArchiveError, match="restore the store from a backup"):
        refuse_strange_archive(conn, kept.archive)
    assert kept.archive.ends() == before
    with reading(kept.engine) as conn:
        refuse_strange_archive(conn, kept.archive)
    other.dispose()
