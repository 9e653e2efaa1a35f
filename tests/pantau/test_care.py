"""The commands that care for the store: one sentence for what cannot be done, and nothing lost."""

import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from db.archive import Archive
from db.engine import open_engine, reading
from db.upgrade import upgrade
from pantau.cli.app import app
from pantau.cli.db import size
from tests.db.kept import build, bytes_of


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call a command in a folder with a catalogue of one source that is not in the store's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANTAU_DATABASE_URL", raising=False)
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


@pytest.fixture
def kept(tmp_path):
    """A filled store in the default place."""
    (tmp_path / "pantau-data").mkdir()
    engine = open_engine(f"sqlite:///{tmp_path / 'pantau-data' / 'pantau.db'}")
    upgrade(engine)
    yield build(engine, Archive(tmp_path / "pantau-data" / "archive"))
    engine.dispose()


def one_sentence(found, *words):
    assert found.exit_code == 1
    assert found.output.count("\n") == 1, found.output
    assert all(word in found.output for word in words), found.output


def test_backup_and_restore_say_what_they_hold(run, kept, tmp_path):
    found = run("db", "backup", "aman")
    assert (found.exit_code, found.output.count("\n")) == (0, 1)
    assert "12 articles, 3 policy changes" in found.output
    one_sentence(run("db", "backup", "aman"), "already and is not overwritten")
    one_sentence(run("db", "backup", "pantau-data/archive/aman"), "lies in the archive itself")
    one_sentence(run("db", "restore", "aman"), "already and it is not overwritten")
    one_sentence(run("db", "restore", "lain"), "already and it is not overwritten")
    (tmp_path / "pantau-data").rename(tmp_path / "dulu")
    one_sentence(run("db", "restore", "lain"), "there is no backup at lain")
    assert run("db", "restore", "aman").exit_code == 0
    assert "Archive and rows agree." in run("db", "check").output


def test_an_interrupted_restore_keeps_the_crawler_from_starting(run, kept, tmp_path):
    assert run("db", "backup", "aman").exit_code == 0
    kept.engine.dispose()
    before = bytes_of(kept)
    (tmp_path / "pantau-data" / "archive" / "restore-unfinished").touch()
    for path in (tmp_path / "pantau-data").glob("pantau.db*"):
        path.unlink()
    for command in (("db", "upgrade"), ("status",), ("db", "check")):
        one_sentence(run(*command), "run `pantau db restore` again")
    assert run("db", "restore", "aman").exit_code == 0
    assert bytes_of(kept) == before


@pytest.mark.parametrize("kind", ["foreign", "newer", "none", "damaged"])
@pytest.mark.parametrize(
    "command", [("db", "backup", "aman"), ("db", "tidy"), ("db", "check"), ("forget", "situs", "--yes")]
)
def test_a_store_that_is_not_ours_is_one_sentence_and_is_left_alone(run, tmp_path, kind, command):
    path = tmp_path / "pantau-data" / "pantau.db"
    path.parent.mkdir()
    if kind == "foreign":
        with sqlite3.connect(path) as connection:
            connection.execute("create table lain (n integer)")
        connection.close()
    elif kind == "newer":
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        connection.close()
    elif kind == "damaged":
        path.write_bytes(b"SQLite format 3\x00" + bytes(200))
    before = path.read_bytes() if path.exists() else None
    one_sentence(run(*command))
    assert (path.read_bytes() if path.exists() else None) == before
    assert not list(tmp_path.glob("aman*"))


def test_forget_asks_first_and_says_what_hangs_on_it(run, kept):
    before = bytes_of(kept)
    found = run("forget", "https://semua.test/berita/perahu-1", input="n\n")
    assert (found.exit_code, "1 articles and 1 downloads are stored" in found.output) == (1, True)
    one_sentence(run("forget", "https://semua.test/berita/aturan", "--yes"), "proves 1 policy changes (pc-", "--force")
    one_sentence(run("forget", "terkait", "--yes"), "proves 1 policy changes")
    one_sentence(run("forget", "tidak-ada", "--yes"), "knows no source 'tidak-ada'")
    with reading(kept.engine) as conn:
        public_id = conn.scalar(text("select change_id from reports where url = 'https://semua.test/berita/aturan'"))
    assert run("review", public_id, "confirm", "--by", "Sari").exit_code == 0
    one_sentence(
        run("forget", "https://semua.test/berita/aturan", "--yes"), f"people have said what is true of {public_id}"
    )
    assert bytes_of(kept) == before
    found = run("forget", "https://semua.test/berita/perahu-1?utm_source=x#y", input="y\n")
    assert found.exit_code == 0
    assert "Forgotten; it will not be fetched again." in found.output
    assert bytes_of(kept) == {url: body for url, body in before.items() if url != "https://semua.test/berita/perahu-1"}
    assert "may be fetched again" in run("forget", "https://semua.test/berita/perahu-1", "--lift").output
    assert "It was not forgotten." in run("forget", "https://semua.test/berita/perahu-2", "--lift").output


def test_tidy_shows_before_it_does(run, kept):
    before = bytes_of(kept)
    shown = run("db", "tidy", "--dry-run").output
    assert "days:30" in shown
    assert bytes_of(kept) == before
    done = run("db", "tidy").output
    assert "bulanan: 3 pages and 0 texts let go" in done
    assert "The store is tidy." in done
    assert len(bytes_of(kept)) == len(before) - 6


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (3 << 40, "3.0 TiB"), (5 << 50, "5120.0 TiB")],
)
def test_sizes_are_told_as_people_read_them(count, said):
    assert size(count) == said
