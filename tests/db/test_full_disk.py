"""A disk that is full while the store is cared for: one sentence, nothing half in place, and it goes on when there is room."""

import os

import pytest
from sqlalchemy import func, select

from db.archive import Archive
from db.backup import back_up, restore
from db.check import check
from db.engine import open_engine, reading
from db.errors import StoreError
from db.export import open_views
from db.forget import forget, plan_page
from db.models import archive_debt
from pantau.export import ExportError, export
from pipeline.relink import relink_without
from tests.db.kept import NOW, add_page, build, bytes_of, raw
from tests.small_disk import mounted, remount

URL = "https://semua.test/rahasia"


def quiet(*_):
    pass


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path):
    """A store on SQLite: whose disk is full is another database's affair."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of three megabytes."""
    with mounted(tmp_path / "cakram", "3m") as folder:
        yield folder


def fat(engine, archive):
    """Fill a store whose archive is two megabytes, one page of which shall be forgotten."""
    kept = build(engine, archive)
    add_page(engine, archive, "semua", URL, os.urandom(2_000).hex(), NOW)
    for number in range(20):
        add_page(engine, archive, "semua", f"https://semua.test/besar/{number}", os.urandom(100_000).hex(), NOW)
    archive.close()
    return kept


@pytest.mark.parametrize("name", ["aman", "aman.tar"])
def test_a_backup_that_finds_no_room_leaves_nothing(engine, tmp_path, small_disk, name):
    kept = fat(engine, Archive(tmp_path / "archive"))
    for size in ("100k", "1m", "2m"):
        remount(small_disk, f"size={size}")
        with pytest.raises(StoreError) as found:
            back_up(engine, kept.archive, small_disk / name, now=NOW, tell=quiet)
        assert "\n" not in str(found.value)
        assert "space" in str(found.value)
        assert list(small_disk.iterdir()) == []
    remount(small_disk, "size=20m")
    back_up(engine, kept.archive, small_disk / name, now=NOW, tell=quiet)
    assert check(engine, kept.archive).findings == []


def test_a_restore_that_finds_no_room_puts_nothing_in_place(engine, tmp_path, small_disk):
    kept = fat(engine, Archive(tmp_path / "archive"))
    back_up(engine, kept.archive, tmp_path / "aman", now=NOW, tell=quiet)
    fresh = open_engine(f"sqlite:///{small_disk / 'pantau.db'}")
    archive = Archive(small_disk / "archive")
    for size in ("100k", "1m", "2m"):
        remount(small_disk, f"size={size}")
        with pytest.raises(StoreError, match="nothing was put in place"):
            restore(fresh, archive, tmp_path / "aman", tell=quiet)
        assert [path for path in small_disk.rglob("*") if not path.is_dir()] == []
    remount(small_disk, "size=20m")
    restore(fresh, archive, tmp_path / "aman", tell=quiet)
    assert check(fresh, archive).findings == []
    assert bytes_of(type(kept)(fresh, archive)) == bytes_of(kept)
    fresh.dispose()


def test_forgetting_on_a_full_disk_says_so_and_is_finished_when_there_is_room(engine, small_disk):
    kept = fat(engine, Archive(small_disk / "archive"))
    before = bytes_of(kept)
    with reading(engine) as conn:
        plan = plan_page(conn, URL)
    troubles = [step.trouble for step in forget(engine, kept.archive, plan, NOW, relink=relink_without) if step.trouble]
    assert "No space left on device" in troubles[0]
    assert "nothing has changed" in troubles[0]
    left = {url: body for url, body in before.items() if url != URL}
    assert bytes_of(kept) == left
    assert [finding.kind for finding in check(engine, kept.archive).findings] == ["debt"]
    remount(small_disk, "size=20m")
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(archive_debt)) == 1
        plan = plan_page(conn, URL)
    assert not [step for step in forget(engine, kept.archive, plan, NOW, relink=relink_without) if step.trouble]
    assert bytes_of(kept) == left
    assert b"semua.test/rahasia" not in raw(kept)


def test_an_export_that_finds_no_room_leaves_nothing(engine, tmp_path, small_disk):
    build(engine, Archive(tmp_path / "archive"), plain=30)
    for form in ("sqlite", "csv", "jsonl"):
        remount(small_disk, "size=20k")
        with open_views(engine) as views, pytest.raises(ExportError, match="cannot be written"):
            export(views, small_disk / "keluar", form, quiet)
        assert list(small_disk.iterdir()) == []
