"""Forgetting: no row, no byte, no second fetch; and every other record stays readable, also after a kill at any step."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy import func, select, text

from db.archive import Archive
from db.catalogue import sync_catalogue
from db.check import check
from db.compact import compact, file_uses
from db.downloads import committed_ends
from db.engine import open_engine, reading, writing
from db.errors import ArchiveBusy, ArchiveDamaged, ArchiveError, StoreError
from db.forget import forget, plan_page, plan_source
from db.indexing import index_all
from db.models import address, archive_debt, download, endpoint, metadata, policy_change, poll, source, tombstone
from db.outcomes import finish_fetch, finish_poll, want_page
from db.records import DueAddress
from db.tombstones import address_key, article_key, lift
from pipeline.relink import relink_without
from tests.db.kept import (
    KEEPS,
    NOW,
    RULE,
    Kept,
    add_page,
    articles,
    build,
    bytes_of,
    kill_steps,
    quotes,
    raw,
    texts,
)
from tests.db.rows import LEASE, answer, due_endpoint, endpoint_row, found, source_row

ROOT = Path(__file__).parents[2]
DYING = Path(__file__).with_name("dying.py")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
PLAIN_URL = "https://semua.test/berita/perahu-1"
RULE_URL = "https://semua.test/berita/aturan"


@pytest.fixture
def kept(engine, tmp_path):
    """A filled store of either kind."""
    return build(engine, Archive(tmp_path / "archive", file_cap_bytes=4_000))


def planned(kept, what, **more):
    with reading(kept.engine) as conn:
        return plan_page(conn, what, **more) if "://" in what else plan_source(conn, what)


def forgotten(kept, what, **more):
    plan = planned(kept, what, **more)
    steps = list(forget(kept.engine, kept.archive, plan, NOW, relink=relink_without))
    assert [step.trouble for step in steps if step.trouble] == []
    return plan


def counted(kept, table):
    with reading(kept.engine) as conn:
        return conn.scalar(select(func.count()).select_from(table))


def test_a_page_goes_with_its_rows_and_its_bytes_and_nothing_else_does(kept):
    before, others, proofs = bytes_of(kept), texts(kept), quotes(kept)
    plan = forgotten(kept, PLAIN_URL)
    assert (plan.articles, plan.proven, plan.lost) == (1, (), ())
    assert others.pop(PLAIN_URL)
    assert before.pop(PLAIN_URL)
    assert (bytes_of(kept), texts(kept), quotes(kept)) == (before, others, proofs)
    assert b"perahu-1" not in raw(kept).replace(b"https://terkait.test/berita/perahu-1", b"").replace(
        b"https://bulanan.test/berita/perahu-1", b""
    )
    assert check(kept.engine, kept.archive).findings == []
    assert counted(kept, archive_debt) == 0
    with reading(kept.engine) as conn:
        for table in metadata.sorted_tables:
            assert PLAIN_URL not in str(conn.execute(select(table)).all()), table.name


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_forgotten_text_is_in_no_file_of_the_store_s(kept, tmp_path):
    secret = b"perahu 1 berangkat dari hulu"
    with writing(kept.engine) as conn:
        index_all(conn)  # the search's index keeps words of its own
    kept.engine.dispose()
    assert secret in (tmp_path / "store.db").read_bytes()
    for name in KEEPS:
        forgotten(kept, f"https://{name}.test/berita/perahu-1")
    kept.engine.dispose()
    for path in tmp_path.glob("store.db*"):
        assert secret not in path.read_bytes().lower(), path.name


def test_what_proves_an_entry_is_said_and_goes_with_it(kept):
    plan = planned(kept, RULE_URL)
    assert len(plan.proven) == 1
    assert plan.lost == plan.proven
    forgotten(kept, RULE_URL)
    assert counted(kept, policy_change) == len(KEEPS) - 1
    assert [url for url, _ in quotes(kept)] == [f"https://{name}.test/berita/aturan" for name in sorted(KEEPS) if name != "semua"]  # fmt: skip
    assert check(kept.engine, kept.archive).findings == []


def test_a_source_goes_and_stays_off_whatever_the_catalogue_says(kept):
    forgotten(kept, "terkait")
    assert not [url for url in articles(kept) if "terkait" in url]
    assert not [url for url in bytes_of(kept) if "terkait" in url]
    assert b"terkait" not in raw(kept)
    assert check(kept.engine, kept.archive).findings == []
    rows = [source_row(name, keep=keep, catalogue_sha256="1" * 64) for name, keep in KEEPS.items()]
    with writing(kept.engine) as conn:
        sync_catalogue(conn, rows, [endpoint_row(name) for name in KEEPS], NOW)
    with reading(kept.engine) as conn:
        on = dict(conn.execute(select(source.c.id, source.c.enabled)).all())
        assert on == {"semua": True, "terkait": False, "bulanan": True}
        assert set(conn.scalars(select(endpoint.c.source_id))) == {"semua", "bulanan"}
        assert conn.execute(select(tombstone.c.kind, tombstone.c.source_id)).all() == [("source", "terkait")]
        assert conn.scalar(select(tombstone.c.finished_at)) == NOW
    assert counted(kept, poll) == len(KEEPS) - 1
    with pytest.raises(StoreError, match="knows no source 'tidak-ada'"):
        planned(kept, "tidak-ada")


def test_what_was_forgotten_is_not_fetched_again(kept):
    forgotten(kept, PLAIN_URL)
    same = found(1, url=PLAIN_URL, site_key="lain", registrable_domain="semua.test")
    amp = found(2, url="https://semua.test/amp/perahu-1", site_key="perahu-1", registrable_domain="semua.test")
    fresh = found(3, url="https://semua.test/berita/baru", site_key="baru", registrable_domain="semua.test")
    with writing(kept.engine) as conn:
        due = due_endpoint(conn, NOW)
        while due.source_id != "semua":
            due = due_endpoint(conn, NOW)
        values = {"started_at": NOW, "finished_at": NOW, "outcome": "new", "next_poll_at": NOW + LEASE}
        counts = finish_poll(conn, due, found=[same, amp, fresh], **values)
        assert (counts.seen, counts.new) == (3, 1)
        for item in (same, amp):
            want_page(conn, item, source_id="semua", article_id=1, now=NOW)
        row = conn.execute(select(address).where(address.c.url == fresh.url)).one()
        leased = DueAddress(**{name: getattr(row, name) for name in DueAddress.__struct_fields__})
        moved = answer(fresh.url, source_id="semua", status=301)
        finish_fetch(conn, leased, moved, state="redirected", redirect_to=amp)
        assert set(conn.scalars(select(address.c.url).where(address.c.first_seen_at == NOW))) == {fresh.url}
    with writing(kept.engine) as conn:
        assert lift(conn, [address_key(same.url), article_key("semua", "perahu-1")]) == 2
        want_page(conn, same, source_id="semua", article_id=1, now=NOW)
        assert conn.scalar(select(address.c.state).where(address.c.url == PLAIN_URL)) == "due"


def test_an_address_that_led_there_is_forgotten_too(kept):
    short = "https://semua.test/s/7"
    with writing(kept.engine) as conn:
        values = {"source_id": "semua", "registrable_domain": "semua.test", "role": "article", "first_seen_at": NOW}
        conn.execute(
            address.insert().values(url=short, state="redirected", reason=f"it leads to {PLAIN_URL}", **values)
        )
    assert short in forgotten(kept, PLAIN_URL).urls
    assert planned(kept, short).keys[address_key(short)] == "address"
    with reading(kept.engine) as conn:
        assert conn.scalar(select(tombstone.c.kind).where(tombstone.c.key_sha256 == address_key(short))) == "address"


def test_what_is_not_stored_is_forgotten_beforehand(kept):
    before = bytes_of(kept)
    plan = forgotten(kept, "https://semua.test/berita/belum", source_id="semua", site_key="belum")
    assert (plan.articles, plan.pages) == (0, 0)
    assert bytes_of(kept) == before
    assert counted(kept, tombstone) == 2


def everything(kept):
    found = check(kept.engine, kept.archive)
    return bytes_of(kept), texts(kept), quotes(kept), found.findings


@pytest.fixture
def copies(kept, tmp_path):
    """Make copies of the store and of its archive, as they are now, and return each opened."""
    made = []

    def copy():
        folder = tmp_path / f"salinan-{len(made)}"
        folder.mkdir()
        shutil.copytree(kept.archive.folder, folder / "archive")
        url = kept.engine.url
        kept.engine.dispose()
        if kept.engine.dialect.name == "sqlite":
            shutil.copy(url.database, folder / "store.db")
            url = url.set(database=str(folder / "store.db"))
        else:
            name = f"{url.database}_{len(made)}"
            with psycopg.connect(server(url), autocommit=True) as connection:
                connection.execute(f"create database {name} template {url.database}")
            url = url.set(database=name)
        made.append(Kept(open_engine(url.render_as_string(hide_password=False)), Archive(folder / "archive")))
        return made[-1]

    yield copy
    for item in made:
        item.engine.dispose()
        if item.engine.dialect.name == "postgresql":
            with psycopg.connect(server(item.engine.url), autocommit=True) as connection:
                connection.execute(f"drop database {item.engine.url.database} with (force)")


def server(url):
    return url.set(database="postgres", drivername="postgresql").render_as_string(hide_password=False)


def done_by_itself(kept, work, dies_before=0):
    """Do a piece of work in a process of its own that kills itself at a step, or at none; return its exit code."""
    url = kept.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(DYING), str(dies_before), work, url, str(kept.archive.folder), PLAIN_URL]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, timeout=60, check=False).returncode


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("work", ["forget", "tidy"])
def test_a_kill_at_any_step_is_survived_and_finished_by_doing_it_again(copies, work):
    whole = copies()
    assert done_by_itself(whole, work) == 0
    goal = everything(whole)
    for step in kill_steps():
        again = copies()
        code = done_by_itself(again, work, step)
        assert goal[0].items() <= bytes_of(again).items()
        assert [finding for finding in check(again.engine, again.archive).findings if finding.kind == "archive"] == []
        if step % 8 == 1:  # the crawler may be started before it is done again
            with reading(again.engine) as conn:
                again.archive.recover(committed_ends(conn))
            add_page(again.engine, again.archive, "semua", "https://semua.test/baru", "Baru", NOW)
            again.archive.close()
        assert done_by_itself(again, work) == 0
        bodies, words, proofs, findings = everything(again)
        bodies.pop("https://semua.test/baru", None)
        assert (bodies, words, proofs, findings) == goal
        assert b"semua.test/berita/perahu-1" not in raw(again) or work == "tidy"
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert step > 8


def test_a_file_is_not_rewritten_while_somebody_appends_or_from_a_shorter_one(kept):
    [name, *_] = kept.archive.ends()
    with writing(kept.engine) as conn:
        first = conn.scalar(select(func.min(download.c.id)))
        nowhere = {"archive_file": None, "archive_offset": None, "archive_length": None}
        conn.execute(download.update().where(download.c.id == first).values(**nowhere))
    before = bytes_of(kept)
    with kept.archive.owned(name), pytest.raises(ArchiveBusy, match="stop it first"):
        compact(kept.engine, kept.archive, name)
    path = kept.archive.path_of(name)
    whole = path.read_bytes()
    os.truncate(path, len(whole) - 10)
    with pytest.raises(ArchiveDamaged, match="no whole record"):
        compact(kept.engine, kept.archive, name)
    path.write_bytes(b"\x00" * len(whole))
    with pytest.raises(ArchiveDamaged, match="no whole record"):
        compact(kept.engine, kept.archive, name)
    path.unlink()
    with pytest.raises(ArchiveError, match="restore it from a backup"):
        compact(kept.engine, kept.archive, name)
    path.write_bytes(whole)
    assert bytes_of(kept) == before
    assert compact(kept.engine, kept.archive, name) > 0
    assert not path.exists()
    assert bytes_of(kept) == before


def test_a_file_that_somebody_reads_stays_until_they_are_done(kept):
    plan = planned(kept, PLAIN_URL)
    with reading(kept.engine) as conn:
        places = [msgspec.structs.asdict(use)["file"] for use in file_uses(conn, kept.archive)]
    with kept.archive.held_for_reading():
        list(forget(kept.engine, kept.archive, plan, NOW, relink=relink_without))
        assert set(places) <= set(kept.archive.ends())
        assert counted(kept, archive_debt) == 1
    list(forget(kept.engine, kept.archive, plan, NOW, relink=relink_without))
    assert not set(places) <= set(kept.archive.ends())
    assert counted(kept, archive_debt) == 0
    assert check(kept.engine, kept.archive).findings == []


def test_names_of_files_that_went_are_not_given_again(kept):
    for name in list(kept.archive.ends())[:2]:
        with writing(kept.engine) as conn:
            mine = download.c.archive_file == name
            first = conn.scalar(select(func.min(download.c.id)).where(mine))
            nowhere = {"archive_file": None, "archive_offset": None, "archive_length": None}
            conn.execute(download.update().where(download.c.id == first).values(**nowhere))
        compact(kept.engine, kept.archive, name)
    before = bytes_of(kept)
    for number in range(12):
        add_page(kept.engine, kept.archive, "semua", f"https://semua.test/lagi/{number}", RULE, NOW)
    kept.archive.close()
    assert len(bytes_of(kept)) == len(before) + 12
    assert before.items() <= bytes_of(kept).items()
    assert check(kept.engine, kept.archive).findings == []


def test_a_note_on_what_was_forgotten_names_nothing(kept):
    forgotten(kept, PLAIN_URL)
    with reading(kept.engine) as conn:
        assert "perahu" not in str(conn.execute(text("select * from tombstone")).all())
