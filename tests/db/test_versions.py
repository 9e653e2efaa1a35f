"""Versions of an article and their causes, policy changes and their reports, and whether what is stored twice agrees."""

import json

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from db.archive import Archive, ArchivedResponse
from db.changes import (
    ReportRow,
    StatusEvent,
    add_change,
    add_report,
    reports_of,
    settle_change,
    strands_told,
    supersede_reports,
)
from db.check import check
from db.downloads import add_download
from db.engine import reading, writing
from db.models import address, article, article_version, evidence, removed_block, report
from tests.db.rows import NOW, announce, answer, fill, found, save, version

CHANGE = {
    "company": "Meta",
    "product": "WhatsApp",
    "surface": None,
    "action": "ban",
    "action2": None,
    "object": "general_purpose_chatbot",
    "direction": "tighten",
    "instrument": None,
}
TEXT = "WhatsApp melarang chatbot umum mulai 15 Januari 2026."


def causes(conn):
    return list(conn.scalars(select(article_version.c.cause).order_by(article_version.c.seq)))


def downloads(conn, count):
    return [add_download(conn, answer(f"https://situs.test/berita/{n}")) for n in range(count)]


def test_a_to_b_to_a_is_three_versions_and_one_is_current(engine):
    fill(engine)
    with writing(engine) as conn:
        one, two, three = downloads(conn, 3)
        saved = [
            save(conn, version(words, (number,)))
            for words, number in (("A", one), ("B", two), ("A", three), ("A", three))
        ]
        assert [item.cause for item in saved] == ["first", "edit", "edit", None]
        assert conn.scalar(select(article_version.c.article_body).where(article_version.c.is_current)) == "A"
        assert conn.scalar(text("select count(*) from article_edits")) == 2


def test_more_pages_and_new_rules_are_no_edit_of_the_outlet(engine):
    fill(engine)
    with writing(engine) as conn:
        one, two = downloads(conn, 2)
        save(conn, version("A", (one,), extent="incomplete"))
        save(conn, version("A B", (one, two)))
        save(conn, version("A, B", (one, two), extractor_version="2"))
        assert causes(conn) == ["first", "pages", "extractor"]


def test_a_wall_does_not_unsay_what_an_article_told(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("A", tuple(downloads(conn, 1))))
        assert save(conn, version("", extent="headline")).cause is None
        assert conn.scalar(select(article.c.extent)) == "full"


@pytest.mark.parametrize(
    "nonsense",
    [
        insert(article).values(
            source_id="tidak-ada", site_key="1", canonical_url="x", extent="full", first_seen_at=NOW
        ),
        insert(article).values(
            source_id="situs", site_key="1", canonical_url="x", extent="setengah", first_seen_at=NOW
        ),
        insert(address).values(
            url="x", source_id="situs", registrable_domain="x", role="apa", state="due", first_seen_at=NOW
        ),
    ],
)
def test_nonsense_cannot_be_stored(engine, nonsense):
    fill(engine)
    with pytest.raises(IntegrityError), writing(engine) as conn:
        conn.execute(nonsense)


def tell(conn, version_id, change_id=None, quote="melarang", **more):
    """Store a report with one quote."""
    change_id = change_id or add_change(conn, CHANGE, "situs|1", NOW)
    start = TEXT.index(quote)
    row = ReportRow(
        ordinal=0, change=CHANGE, attribution=None, confidence=0.9, doubtful=False,
        evidence=[{"slot": "action", "field": "article_body", "start_char": start, "end_char": start + len(quote), "quote": quote}],
        statuses=[StatusEvent(status="announced", jurisdiction="", from_day="2025-10-20", from_precision="day", from_raw=None, dated_by="publication"),
                  StatusEvent(status="in_effect", jurisdiction="", from_day="2026-01-15", from_precision="day", from_raw="15 Januari 2026", dated_by="text")],
        parties=[("exempt", "bot layanan pelanggan")], status="announced", effective="2026-01-15",
    )  # fmt: skip
    add_report(conn, version_id=version_id, change_id=change_id, annotator_version="1", row=row, now=NOW, **more)
    settle_change(conn, change_id)
    return change_id


def test_a_change_is_what_its_reports_say(engine):
    fill(engine)
    with writing(engine) as conn:
        saved = save(conn, version(TEXT, tuple(downloads(conn, 1))))
        tell(conn, saved.version_id)
        tell(conn, saved.version_id)
        row = conn.execute(
            text("select company, product, action, announced, effective, report_count, sure, proof from changes")
        ).one()
        assert row == ("Meta", "WhatsApp", "ban", None, "2026-01-15", 1, 1, "melarang")
        history = conn.execute(text("select status, from_day, until_day from change_status order by from_day")).all()
        assert history == [("announced", "2025-10-20", "2026-01-15"), ("in_effect", "2026-01-15", None)]
        assert conn.execute(text("select role, name from change_parties")).all() == [
            ("exempt", "bot layanan pelanggan")
        ]
        [known] = reports_of(conn, [1])
        assert (known.company, known.effective, known.pin) == ("Meta", "2026-01-15", None)


def test_the_same_first_report_makes_the_same_public_id(engine):
    fill(engine)
    with writing(engine) as conn:
        assert add_change(conn, CHANGE, "situs|1", NOW) == add_change(conn, CHANGE, "situs|1", NOW)
        assert add_change(conn, CHANGE, "situs|2", NOW) != add_change(conn, CHANGE, "situs|1", NOW)


def test_an_edit_that_tells_it_no_more_leaves_no_change_in_sight(engine):
    fill(engine)
    with writing(engine) as conn:
        saved = save(conn, version(TEXT, tuple(downloads(conn, 1))))
        change = tell(conn, saved.version_id)
        assert [(told.strand, told.change_id) for told in strands_told(conn, saved.article_id)] == [(0, change)]
        edited = save(conn, version("Kapal berlayar.", tuple(downloads(conn, 1))))
        supersede_reports(conn, saved.article_id, NOW, keep_version=edited.version_id, annotator_version="1")
        assert conn.scalar(text("select count(*) from changes")) == 0
        assert conn.scalar(select(report.c.superseded_at)) == NOW


def sound_store(engine, folder):
    """Return an archive and a store that agree."""
    fill(engine)
    archive = Archive(folder)
    archive.recover({})
    place = archive.append(
        ArchivedResponse(url="https://situs.test/berita/1", fetched_at=NOW, status=200, headers=(), body=b"<p>x</p>")
    )
    archive.close()
    announce(engine, found(1), answer=None)
    with writing(engine) as conn:
        kept = add_download(conn, answer("https://situs.test/berita/1", location=place, sha256=place.sha256))
        saved = save(
            conn,
            version(
                TEXT,
                (kept,),
                removed=[
                    {
                        "kind": "read_also",
                        "rule": "id-read-also",
                        "text": "BACA JUGA",
                        "after_block": 0,
                        "char_offset": 3,
                    }
                ],
            ),
        )
        tell(conn, saved.version_id)
    return archive


def test_a_sound_store_has_no_findings(engine, tmp_path):
    found = check(engine, sound_store(engine, tmp_path))
    assert found.findings == []
    assert (found.counts["article"], found.counts["evidence"], found.counts["policy_status"]) == (1, 1, 2)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (update(evidence).values(quote="mengizinkan"), "quote"),
        (update(evidence).values(start_char=1, end_char=9), "quote"),
        (update(article_version).values(article_body="lain"), "orphan"),
        (update(removed_block).values(after_block=7), "removed"),
        (update(removed_block).values(char_offset=700), "removed"),
        (update(article_version).values(is_current=False), "orphan"),
        (text("delete from evidence"), "orphan"),
        (text("delete from policy_status"), "orphan"),
        (update(address).values(state="fetched"), "orphan"),
        (text("update download set archive_length = archive_length - 3 where archive_file is not null"), "archive"),
        (text("update download set sha256 = 'x' where archive_file is not null"), "archive"),
    ],
)
def test_what_does_not_agree_is_found(engine, tmp_path, damage, kind):
    archive = sound_store(engine, tmp_path)
    with writing(engine) as conn:
        conn.execute(damage)
    assert kind in {finding.kind for finding in check(engine, archive).findings}


def test_an_archive_that_is_longer_or_gone_is_found(engine, tmp_path):
    archive = sound_store(engine, tmp_path)
    [path] = tmp_path.glob("*.warc.gz")
    path.write_bytes(path.read_bytes() + b"sisa")
    assert [finding.kind for finding in check(engine, archive).findings] == ["tail"]
    path.unlink()
    assert {finding.kind for finding in check(engine, archive).findings} == {"archive"}


def test_what_is_kept_as_json_comes_back_as_it_was(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("“Perahu” 🚣 \u202e", tuple(downloads(conn, 1)), notes=["a", {"b": [1, None]}]))
    with reading(engine) as conn:
        row = conn.execute(select(article_version.c.blocks, article_version.c.notes)).one()
    assert json.dumps(row.notes) == '["a", {"b": [1, null]}]'
    assert row.blocks == [{"kind": "paragraph", "text": "“Perahu” 🚣 \u202e"}]
