"""Backup and restore: what comes back is what was there, and nothing is put in place before it is whole."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from itertools import count
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from db.archive import Archive
from db.backup import _is_empty, back_up, refuse_half_restored, restore
from db.check import check
from db.downloads import committed_ends
from db.engine import open_engine, reading, writing
from db.errors import BackupDamaged, StoreError, StoreMissing, StoreTooNew
from db.search import search
from db.upgrade import _config, check_revision, upgrade
from pipeline.review import Speaker, undo
from tests.db.kept import KEEPS, NOW, add_page, build, bytes_of, kill_steps, quotes, say, texts

ROOT = Path(__file__).parents[2]
DYING = Path(__file__).with_name("dying.py")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def quiet(about, done, total):
    assert 0 <= done <= total or about == "store.db"


@pytest.fixture
def kept(engine, tmp_path):
    """A filled store of either kind."""
    return build(engine, Archive(tmp_path / "data" / "archive", file_cap_bytes=6_000))


@pytest.fixture
def saved(kept, tmp_path):
    """Its backup, in a folder."""
    target = tmp_path / "aman"
    back_up(kept.engine, kept.archive, target, now=NOW, tell=quiet)
    return target


@pytest.fixture
def place(tmp_path):
    """An empty place to restore into."""
    engine = open_engine(f"sqlite:///{tmp_path / 'baru' / 'pantau.db'}")
    yield engine, Archive(tmp_path / "baru" / "archive")
    engine.dispose()


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


@pytest.mark.parametrize("name", ["aman", "aman.tar"])
def test_what_is_restored_is_what_was_there(kept, place, tmp_path, name):
    made = back_up(kept.engine, kept.archive, tmp_path / name, now=NOW, tell=quiet)
    engine, archive = place
    back = restore(engine, archive, tmp_path / name, tell=quiet)
    assert back == made
    assert made.short == []
    again = type(kept)(engine, archive)
    assert check(engine, archive).counts == check(kept.engine, kept.archive).counts
    assert check(engine, archive).findings == []
    assert (bytes_of(again), texts(again), quotes(again)) == (bytes_of(kept), texts(kept), quotes(kept))
    assert {name: archive.path_of(name).read_bytes() for name in archive.ends()} == {
        name: kept.archive.path_of(name).read_bytes() for name in kept.archive.ends()
    }
    check_revision(engine)
    assert not [path for path in tmp_path.rglob("*") if "restoring" in path.name or path.name.endswith(".part")]


def test_a_backup_of_either_kind_is_restored_into_either(kept, saved, tmp_path, request, postgresql):
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("create database pulih")
    engine = open_engine(postgresql.replace("/postgres?", "/pulih?"))
    try:
        archive = Archive(tmp_path / "baru" / "archive")
        restore(engine, archive, saved, tell=quiet)
        again = type(kept)(engine, archive)
        assert check(engine, archive).findings == []
        assert (bytes_of(again), texts(again), quotes(again)) == (bytes_of(kept), texts(kept), quotes(kept))
        add_page(engine, archive, "semua", "https://semua.test/berita/baru", "Baru", NOW)  # numbering goes on
        archive.close()
        with pytest.raises(StoreError, match="already and it is not overwritten"):
            restore(engine, archive, saved, tell=quiet)
    finally:
        engine.dispose()
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute("drop database pulih with (force)")


def test_what_people_said_comes_back_and_can_be_undone_there(kept, place, tmp_path):
    first = say(kept.engine)
    asked = "select review_id, change_id, verdict, other_id, value, is_undone, undoes from reviews order by review_id"
    with reading(kept.engine) as conn:
        before = conn.execute(text(asked)).all()
    back_up(kept.engine, kept.archive, tmp_path / "aman.tar", now=NOW, tell=quiet)
    engine, archive = place
    restore(engine, archive, tmp_path / "aman.tar", tell=quiet)
    assert check(engine, archive).counts == check(kept.engine, kept.archive).counts
    for item in (engine, kept.engine):
        with writing(item) as conn:
            assert conn.execute(text(asked)).all() == before
            assert conn.execute(text("select change_id, effective from changes where review = 'confirmed'")).all() == [
                (first, "2026-02-01")
            ]
            assert len(search(conn, "whatsapp").hits) == len(KEEPS)
            speaker = Speaker(name="Sari", note=None, now=NOW)
            undo(conn, first, None, speaker)
            undo(conn, first, None, speaker)
            assert conn.scalar(text("select count(*) from changes")) == len(KEEPS)


def test_the_digests_in_the_manifest_are_those_of_the_files(saved):
    manifest = json.loads((saved / "manifest.json").read_text("utf-8"))
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        name: hashlib.sha256((saved / name).read_bytes()).hexdigest()
        for name in everything(saved)
        if name != "manifest.json"
    }
    assert len(manifest["files"]) > 2


def test_what_is_fetched_meanwhile_does_not_disturb_a_backup(kept, place, tmp_path):
    stop, written = threading.Event(), []

    def crawl():
        while not stop.is_set():
            number = len(written)
            written.append(
                add_page(kept.engine, kept.archive, "semua", f"https://semua.test/x/{number}", "Lagi " * 99, NOW)
            )

    crawler = threading.Thread(target=crawl)
    crawler.start()
    try:
        for number in range(3):
            back_up(kept.engine, kept.archive, tmp_path / f"aman-{number}", now=NOW, tell=quiet)
    finally:
        stop.set()
        crawler.join()
        kept.archive.close()
    assert len(written) > 3
    engine, archive = place
    restore(engine, archive, tmp_path / "aman-2", tell=quiet)
    assert check(engine, archive).findings == []


def test_a_place_that_is_taken_is_not_overwritten(kept, tmp_path):
    taken = tmp_path / "milik.tar"
    taken.write_text("jangan", "utf-8")
    (tmp_path / "penuh").mkdir()
    (tmp_path / "penuh" / "catatan").write_text("jangan", "utf-8")
    (tmp_path / "kosong").mkdir()
    for target in (taken, tmp_path / "penuh"):
        with pytest.raises(StoreError, match="already and is not overwritten"):
            back_up(kept.engine, kept.archive, target, now=NOW, tell=quiet)
    for target in (kept.archive.folder, kept.archive.folder / "aman", kept.archive.folder / "dalam" / "aman.tar"):
        with pytest.raises(StoreError, match="lies in the archive itself"):
            back_up(kept.engine, kept.archive, target, now=NOW, tell=quiet)
    back_up(kept.engine, kept.archive, tmp_path / "kosong", now=NOW, tell=quiet)
    assert taken.read_text("utf-8") == "jangan"
    assert everything(tmp_path / "penuh") == ["catatan"]


def test_a_store_or_archive_that_is_there_is_not_overwritten(kept, saved, place):
    engine, archive = place
    archive.folder.mkdir(parents=True)
    upgrade(engine)
    with pytest.raises(StoreError, match=r"store at .* already and it is not overwritten"):
        restore(engine, archive, saved, tell=quiet)
    engine.dispose()
    shutil.rmtree(archive.folder.parent)
    archive.folder.mkdir(parents=True)
    (archive.folder / "pantau-00000.warc.gz").write_bytes(b"milik lain")
    with pytest.raises(StoreError, match=r"pantau-00000\.warc\.gz is there already"):
        restore(engine, archive, saved, tell=quiet)
    assert (archive.folder / "pantau-00000.warc.gz").read_bytes() == b"milik lain"
    assert everything(archive.folder.parent) == ["archive/pantau-00000.warc.gz"]


def flip(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(bytes(raw))


DAMAGES = {
    "flipped bytes": lambda folder: flip(folder / "archive" / "pantau-00001.warc.gz"),
    "flipped bytes of the store": lambda folder: flip(folder / "store.db"),
    "cut file": lambda folder: os.truncate(folder / "archive" / "pantau-00000.warc.gz", 100),
    "missing file": lambda folder: (folder / "archive" / "pantau-00000.warc.gz").unlink(),
    "missing store": lambda folder: (folder / "store.db").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "cut manifest": lambda folder: os.truncate(folder / "manifest.json", 200),
    "another file": lambda folder: (folder / "archive" / "lain.txt").write_text("lain", "utf-8"),
    "another archive": lambda folder: (folder / "archive" / "lain.warc.gz").write_text("lain", "utf-8"),
}


@pytest.mark.parametrize("damage", sorted(DAMAGES))
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_damaged_backup_puts_nothing_in_place(saved, place, damage):
    DAMAGES[damage](saved)
    engine, archive = place
    with pytest.raises(BackupDamaged) as found:
        restore(engine, archive, saved, tell=quiet)
    assert "\n" not in str(found.value)
    assert [name for name in everything(archive.folder.parent) if not name.endswith(".readers")] == []


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_cut_tar_or_another_file_puts_nothing_in_place(kept, place, tmp_path):
    engine, archive = place
    back_up(kept.engine, kept.archive, tmp_path / "aman.tar", now=NOW, tell=quiet)
    whole = (tmp_path / "aman.tar").read_bytes()
    for length in (0, 100, 600, len(whole) // 3, len(whole) // 2, len(whole) - 11_000):
        (tmp_path / "putus.tar").write_bytes(whole[:length])
        with pytest.raises(BackupDamaged):
            restore(engine, archive, tmp_path / "putus.tar", tell=quiet)
        assert everything(archive.folder.parent) == []
    with pytest.raises(StoreMissing, match="there is no backup at"):
        restore(engine, archive, tmp_path / "tidak-ada", tell=quiet)


@pytest.mark.parametrize("name", ["../luar.warc.gz", "archive/../../luar.warc.gz", "/tmp/luar.warc.gz", "luar.db"])
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_backup_cannot_write_elsewhere(kept, place, tmp_path, name):
    engine, archive = place
    back_up(kept.engine, kept.archive, tmp_path / "aman.tar", now=NOW, tell=quiet)
    with tarfile.open(tmp_path / "aman.tar") as whole, tarfile.open(tmp_path / "jahat.tar", "w") as evil:
        evil.addfile(tarfile.TarInfo(name))
        for member in whole:
            evil.addfile(member, whole.extractfile(member))
    with pytest.raises(BackupDamaged, match="which no backup of ours does"):
        restore(engine, archive, tmp_path / "jahat.tar", tell=quiet)
    assert everything(archive.folder.parent) == []
    assert not list(tmp_path.rglob("luar*"))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_backup_of_a_newer_pantau_is_refused(kept, saved, place):
    engine, archive = place
    with sqlite3.connect(saved / "store.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    content = (saved / "store.db").read_bytes()
    manifest = json.loads((saved / "manifest.json").read_text("utf-8"))
    [store] = [file for file in manifest["files"] if file["name"] == "store.db"]
    store |= {"byte_count": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (saved / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StoreTooNew, match="install a newer one"):
        restore(engine, archive, saved, tell=quiet)
    assert everything(archive.folder.parent) == []


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_backup_of_an_earlier_shape_is_brought_to_today_s(place, tmp_path, store_url):
    (tmp_path / "lama").mkdir()
    old = open_engine(f"sqlite:///{tmp_path / 'lama' / 'store.db'}")
    with writing(old) as conn:
        command.upgrade(_config(conn), "0001")
        conn.execute(text("insert into robots (origin, fetched_at, expires_at) values ('https://situs.test', '2026-03-10 02:00:00', '2026-03-11 02:00:00')"))  # fmt: skip
    old.dispose()
    content = (tmp_path / "lama" / "store.db").read_bytes()
    files = [{"name": "store.db", "byte_count": len(content), "sha256": hashlib.sha256(content).hexdigest()}]
    manifest = {"made_at": "2026-03-10T02:00:00Z", "revision": "0001", "counts": {"robots": 1}, "files": files}
    (tmp_path / "lama" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    engine, archive = place
    restore(engine, archive, tmp_path / "lama", tell=quiet)
    check_revision(engine)
    assert check(engine, archive).counts["robots"] == 1
    assert (tmp_path / "lama" / "store.db").read_bytes() == content


class Killed(BaseException):
    """Stands for kill -9: nothing of ours may run after it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request, tmp_path):
    """Return the addresses of databases that are not made yet, one after the other."""
    names = (f"segar_{number}" for number in count())
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / next(names) / 'pantau.db'}"
        return
    server = request.getfixturevalue("postgresql")
    made = []

    def make():
        made.append(next(names))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"create database {made[-1]}")
        return server.replace("/postgres?", f"/{made[-1]}?")

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"drop database {name} with (force)")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_kill_at_any_step_of_a_restore_leaves_no_half_store(kept, saved, fresh_url, tmp_path):
    for step in kill_steps():
        url, archive = fresh_url(), Archive(tmp_path / f"baru-{step}" / "archive")
        command = [sys.executable, str(DYING), str(step), "restore", url, str(archive.folder), str(saved)]
        code = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, timeout=60, check=False).returncode
        engine = open_engine(url)
        if _is_empty(engine):
            assert code == -signal.SIGKILL
            if archive.ends():
                with pytest.raises(StoreMissing, match="run `pantau db restore` again"):
                    refuse_half_restored(engine, archive)
            restore(engine, archive, saved, tell=quiet)
        refuse_half_restored(engine, archive)
        again = type(kept)(engine, archive)
        assert check(engine, archive).findings == []
        assert (bytes_of(again), texts(again), quotes(again)) == (bytes_of(kept), texts(kept), quotes(kept))
        archive.recover(ends_of(engine))
        assert bytes_of(again) == bytes_of(kept)
        engine.dispose()
        if code == 0:
            break
    assert step > 10


def ends_of(engine):
    with reading(engine) as conn:
        return committed_ends(conn)


def test_a_restore_into_postgresql_that_fails_leaves_nothing(kept, saved, tmp_path, postgresql, monkeypatch):
    import db.backup as module

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("create database gagal")
    engine = open_engine(postgresql.replace("/postgres?", "/gagal?"))
    archive = Archive(tmp_path / "baru" / "archive")
    copy_rows = module.copy_rows

    def failing(source, target, tell):
        copy_rows(source, target, tell)
        raise Killed

    try:
        monkeypatch.setattr(module, "copy_rows", failing)
        with pytest.raises(Killed):
            restore(engine, archive, saved, tell=quiet)
        monkeypatch.undo()
        assert archive.ends() == {}
        with reading(engine) as conn:
            assert conn.scalar(text("select count(*) from article")) == 0
        restore(engine, archive, saved, tell=quiet)
        assert check(engine, archive).findings == []
    finally:
        engine.dispose()
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute("drop database gagal with (force)")


def test_a_backup_that_was_killed_does_not_stand_in_the_way(kept, tmp_path):
    part = tmp_path / "aman.part"
    part.mkdir()
    (part / "pantau-unfinished").touch()
    (part / "store.db").write_text("separuh", "utf-8")
    (tmp_path / "lain.part").mkdir()
    (tmp_path / "lain.part" / "catatan").write_text("milik lain", "utf-8")
    back_up(kept.engine, kept.archive, tmp_path / "aman", now=NOW, tell=quiet)
    assert not part.exists()
    with pytest.raises(StoreError, match="is in the way"):
        back_up(kept.engine, kept.archive, tmp_path / "lain", now=NOW, tell=quiet)
    assert everything(tmp_path / "lain.part") == ["catatan"]


def test_a_short_archive_file_is_backed_up_as_it_is_and_said(kept, tmp_path):
    os.truncate(kept.archive.path_of("pantau-00000.warc.gz"), 500)
    made = back_up(kept.engine, kept.archive, tmp_path / "aman", now=NOW, tell=quiet)
    assert made.short == ["pantau-00000.warc.gz"]
    assert (tmp_path / "aman" / "archive" / "pantau-00000.warc.gz").stat().st_size == 500


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_store_that_is_damaged_is_one_sentence_and_leaves_nothing(kept, tmp_path):
    kept.engine.dispose()
    path = kept.engine.url.database
    with Path(path).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(StoreError) as found:
        back_up(kept.engine, kept.archive, tmp_path / "aman", now=NOW, tell=quiet)
    assert "malformed" in str(found.value)
    assert "\n" not in str(found.value)
    assert not list(tmp_path.glob("aman*"))


def test_a_text_that_was_removed_is_in_no_backup(kept, tmp_path):
    with writing(kept.engine) as conn:
        conn.execute(text("update article_version set headline = 'RAHASIABESAR'"))
    with writing(kept.engine) as conn:
        conn.execute(text("update article_version set headline = 'Perahu'"))
    back_up(kept.engine, kept.archive, tmp_path / "aman", now=NOW, tell=quiet)
    assert b"RAHASIABESAR" not in (tmp_path / "aman" / "store.db").read_bytes()
