"""A store is made, kept, and refused where it is not ours or not of today's shape."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db.engine import open_engine, reading, writing
from db.errors import StoreError, StoreForeign, StoreMissing, StoreOutdated, StoreTooNew
from db.indexing import is_part_of_index
from db.models import metadata
from db.upgrade import VIEWS, check_revision, upgrade
from tests.db.rows import fill


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
