"""A store is made, kept, and refused where it is not ours or not of today's shape."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db.archive import Archive
from db.check import check
from db.engine import open_engine, reading, writing
from db.errors import StoreError, StoreForeign, StoreMissing, StoreOutdated, StoreTooNew
from db.indexing import create_triggers, index_all, is_part_of_index
from db.models import metadata
from db.search import search
from db.upgrade import VIEWS, _config, _script, check_revision, upgrade
from tests.db.rows import fill

ROOT = Path(__file__).parents[2]
EARLIER = sorted(item.revision for item in _script().walk_revisions())[:-1]


def test_a_store_is_made_once_and_its_rows_stay(engine):
    fill(engine)
    upgrade(engine)
    check_revision(engine)
    with reading(engine) as conn:
        assert conn.scalar(text("select count(*) from source")) == 1
        assert set(VIEWS) <= set(inspect(conn).get_view_names())


def test_every_view_can_be_asked(engine):
    with reading(engine) as conn:
        for view in VIEWS:
            assert conn.execute(text(f"select * from {view}")).all() == []


def test_the_migrations_make_what_the_models_say(engine):
    with reading(engine) as conn:
        known = {"include_name": lambda name, kind, _: kind != "table" or not is_part_of_index(name)}
        assert compare_metadata(MigrationContext.configure(conn, opts=known), metadata) == []


def test_another_program_s_tables_are_left_alone(store_url):
    engine = open_engine(store_url)
    with writing(engine) as conn:
        conn.execute(text("create table milik_lain (n integer)"))
    for look in (upgrade, check_revision):
        with pytest.raises(StoreForeign, match="another program's tables; name another database"):
            look(engine)
    with reading(engine) as conn:
        assert inspect(conn).get_table_names() == ["milik_lain"]
    engine.dispose()


@pytest.mark.parametrize(("revision", "error"), [("9999", StoreTooNew), (None, StoreMissing)])
def test_a_store_of_another_shape_is_refused(engine, revision, error):
    with writing(engine) as conn:
        conn.execute(
            text("update alembic_version set version_num = :r" if revision else "delete from alembic_version"),
            {"r": revision} if revision else {},
        )
        if revision is None:
            for view in reversed(VIEWS):
                conn.execute(text(f"drop view {view}"))
            for table in reversed(metadata.sorted_tables):
                conn.execute(text(f"drop table {table.name}"))
            conn.execute(text("drop table search_index"))
            conn.execute(text("drop table alembic_version"))
    with pytest.raises(error):
        check_revision(engine)


def test_an_older_store_is_told_from_a_missing_one(engine, monkeypatch):
    monkeypatch.setattr("db.upgrade.head", lambda: "9999")
    with pytest.raises(StoreOutdated, match="pantau db upgrade"):
        check_revision(engine)


@pytest.mark.parametrize("content", [b"bukan basis data", b"SQLite format 3\x00" + bytes(200)])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    (tmp_path / "rusak.db").write_bytes(content)
    engine = open_engine(f"sqlite:///{tmp_path / 'rusak.db'}")
    for look in (upgrade, check_revision):
        with pytest.raises(StoreError) as found:
            look(engine)
        assert "\n" not in str(found.value)


@pytest.mark.parametrize("url", ["mysql://x@h/y", "bukan alamat", "", "sqlite+aiosqlite://x", "file.db"])
def test_an_address_of_no_kind_we_know_is_refused(url):
    with pytest.raises(StoreError, match="sqlite:///file or postgresql://"):
        open_engine(url)


@pytest.mark.parametrize("url", ["postgresql://nobody:rahasia@127.0.0.1:1/x", "sqlite:////tidak/ada/store.db"])
def test_a_store_that_cannot_be_reached_is_said_without_its_password(url):
    engine = open_engine(url)
    with pytest.raises(StoreError) as found:
        upgrade(engine)
    assert "rahasia" not in str(found.value)


def test_sqlite_keeps_its_promises(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with writing(engine) as conn:
        assert conn.exec_driver_sql("pragma foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        other = sqlite3.connect(tmp_path / "a.db", timeout=0.1)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("begin immediate")
        other.close()
    engine.dispose()


def put(conn, table, **values):
    """Store a row as the shape of its day has it."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    conn.execute(text(f"insert into {table} ({columns}) values ({places})"), values)


def make_old(engine, revision):
    """Make a store of an earlier shape with rows, views and, from when there is one, a filled index for the search."""
    now = "2026-03-10 02:00:00" if engine.dialect.name == "sqlite" else "2026-03-10 02:00:00+00"
    with writing(engine) as conn:
        command.upgrade(_config(conn), revision)
        if revision >= "0004":
            create_triggers(conn)
        put(
            conn, "source", id="situs", kind="news", name="Situs", timezone="Asia/Jakarta", registrable_domain="situs.test",
            enabled=True, scope="all", keep="all", catalogue_sha256="0",
        )  # fmt: skip
        slots = {
            "company": "Meta",
            "product": "WhatsApp",
            "action": "ban",
            "object": "ai_agents",
            "direction": "tighten",
        }
        put(conn, "policy_change", id=1, public_id="pc-satu", created_at=now, **slots)
        put(conn, "policy_change", id=2, public_id="pc-dua", created_at=now, merged_into=1, **slots)
        for number in (1, 2):
            put(
                conn, "article", id=number, source_id="situs", site_key=str(number), canonical_url=f"https://situs.test/{number}",
                extent="full", first_seen_at=now,
            )  # fmt: skip
            body = f"WhatsApp melarang bot nomor{number}"
            put(
                conn, "article_version", id=number, article_id=number, seq=1, is_current=True, cause="first", observed_at=now,
                extent="full", headline="Aturan", article_body=body, blocks=f'[{{"kind": "paragraph", "text": "{body}"}}]',
                captions="[]", text_sha256="0", date_published=now, verdict="article", confidence=1.0, notes="[]",
                extractor_version="1", annotator_version="1",
            )  # fmt: skip
            told = (
                {} if revision < "0003" else {**slots, "status": "in_effect", "effective": "2026-01-15", "told_at": now}
            )
            put(
                conn, "report", id=number, version_id=number, ordinal=0, annotator_version="1", policy_change_id=1,
                confidence=0.9, doubtful=False, recorded_at=now, **told,
            )  # fmt: skip
            put(
                conn, "evidence", report_id=number, slot="action", ordinal=0, field="article_body", start_char=0, end_char=17,
                quote="WhatsApp melarang",
            )  # fmt: skip
            put(
                conn, "policy_status", id=number, policy_change_id=1, status="in_effect", jurisdiction="", from_day="2026-01-15",
                from_precision="day", dated_by="text", report_id=number, recorded_at=now,
            )  # fmt: skip
        if revision >= "0003":
            put(
                conn, "review", id=1, policy_change_id=1, verdict="set", slot="effective", value="2026-02-01", jurisdiction="",
                reviewer="Sari", reviewed_at=now, is_followed=True,
            )  # fmt: skip
            put(conn, "review_pin", review_id=1, article_id=1, strand=0, policy_change_id=1, was_in_id=1)
        if revision >= "0004":
            index_all(conn)
        for view in VIEWS:
            conn.execute(text(f"create view {view} as select r.* from report r join article a on a.id = r.version_id"))


def assert_is_of_today(engine, revision, archive):
    check_revision(engine)
    said = revision >= "0003"
    with reading(engine) as conn:
        known = {"include_name": lambda name, kind, _: kind != "table" or not is_part_of_index(name)}
        assert compare_metadata(MigrationContext.configure(conn, opts=known), metadata) == []
        for view in VIEWS:
            conn.execute(text(f"select * from {view}")).all()
        assert conn.execute(text("select change_id, effective, report_count, proof from changes")).all() == [
            ("pc-satu", "2026-02-01" if said else "2026-01-15", 2, "WhatsApp melarang")
        ]
        assert set(conn.execute(text("select asked_id, change_id from change_ids")).all()) == {
            ("pc-satu", "pc-satu"), ("pc-dua", "pc-satu"),
        }  # fmt: skip
        assert set(conn.execute(text("select status, effective, company from report")).all()) == {
            ("in_effect", "2026-01-15", "Meta")
        }
        assert conn.scalar(text("select count(*) from reviews")) == int(said)
        assert {hit.article_id for hit in search(conn, "melarang").hits} == {1, 2}
        assert [hit.article_id for hit in search(conn, "nomor2").hits] == [2]
    told = check(engine, archive)
    assert told.findings == []
    assert (told.counts["report"], told.counts["review_pin"]) == (2, int(said))


@pytest.mark.parametrize("revision", EARLIER)
def test_a_store_of_every_earlier_shape_is_brought_to_today_s(store_url, tmp_path, revision):
    engine = open_engine(store_url)
    make_old(engine, revision)
    upgrade(engine)
    assert_is_of_today(engine, revision, Archive(tmp_path / "archive"))
    engine.dispose()


DIES = """
import os, signal, sys
from sqlalchemy import Engine, event
from db.engine import open_engine
from db.upgrade import upgrade
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def step(conn, cursor, statement, *_):
    global left
    left -= statement.lower().lstrip().startswith(("alter", "create", "update", "insert", "drop"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
upgrade(open_engine(sys.argv[1]))
"""


def upgrade_that_dies(url, before):
    """Upgrade in a process of its own that kills itself before its Nth statement that changes something."""
    given = [sys.executable, "-c", DIES, url, str(before)]
    return subprocess.run(
        given, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60, check=False, capture_output=True
    )


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_that_is_killed_anywhere_runs_again(store_url, tmp_path, revision):
    engine = open_engine(store_url)
    make_old(engine, revision)
    engine.dispose()
    # All views are dropped first; then come the revisions.
    for step in (len(VIEWS) + 2, len(VIEWS) + 7):
        if (code := upgrade_that_dies(store_url, step).returncode) == 0:
            # The last revision alone has fewer steps.
            assert revision == EARLIER[-1]
            break
        assert code == -signal.SIGKILL
        with reading(engine) as conn:
            assert conn.scalar(text("select version_num from alembic_version")) == revision
            assert conn.scalar(text("select count(*) from waiting")) == 2
    upgrade(engine)
    assert_is_of_today(engine, revision, Archive(tmp_path / "archive"))
    engine.dispose()
