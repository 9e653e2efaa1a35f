"""A record torn at any of its bytes: after a restart the rows and the archive agree, and what came before and comes after is whole."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from db.archive import Archive, ArchivedResponse
from db.check import check
from db.downloads import add_download, committed_ends
from db.engine import open_engine, reading, writing
from db.upgrade import upgrade
from tests.db.rows import answer, fill

SMALL = ArchivedResponse(
    url="https://situs.test/1",
    fetched_at=datetime(2026, 3, 10, 2, 0, tzinfo=UTC),
    status=200,
    headers=(("Content-Type", "text/html"),),
    body=b"<p>Perahu</p>",
)


def small(number):
    return msgspec.structs.replace(SMALL, url=f"https://situs.test/{number}", body=SMALL.body + bytes([48 + number]))


def member(response):
    """Return the bytes of a record."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        place = archive.append(response)
        archive.close()
        return archive.path_of(place.file).read_bytes()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store that knows two records."""
    folder = tmp_path_factory.mktemp("torn")
    engine = open_engine(f"sqlite:///{folder / 'store.db'}")
    upgrade(engine)
    fill(engine)
    archive = Archive(folder / "archive")
    places = [keep(engine, archive, small(number)) for number in (0, 1)]
    archive.close()
    yield engine, archive, places
    engine.dispose()


def keep(engine, archive, response):
    place = archive.append(response)
    with writing(engine) as conn:
        add_download(conn, answer(response.url, location=place, sha256=place.sha256))
    return place


def test_a_tail_torn_at_every_byte_hides_nothing(store, tmp_path):
    engine, made, places = store
    whole = made.path_of(places[0].file).read_bytes()
    tail = member(small(2))
    for torn in range(len(tail) + 1):
        # The process died when so many bytes of the third record were on the disk, and no row spoke of it.
        folder = tmp_path / str(torn)
        folder.mkdir()
        (folder / places[0].file).write_bytes(whole + tail[:torn])
        archive = Archive(folder)
        with reading(engine) as conn:
            cuts = archive.recover(committed_ends(conn))
        assert [cut.byte_count for cut in cuts] == ([torn] if torn else [])
        assert check(engine, archive).findings == []
        later = archive.append(small(3))
        archive.close()
        assert later.offset == len(whole)
        again = Archive(folder)
        assert [again.read(place).body for place in (*places, later)] == [small(n).body for n in (0, 1, 3)]


def test_a_known_record_torn_at_every_byte_is_said_and_hides_no_other(store, tmp_path):
    engine, made, places = store
    whole = made.path_of(places[0].file).read_bytes()
    last = places[1]
    for torn in range(last.length):
        # A disk that lost what it had said was written: nothing may be appended behind half a record.
        folder = tmp_path / f"known-{torn}"
        folder.mkdir()
        (folder / last.file).write_bytes(whole[: last.offset + torn])
        archive = Archive(folder)
        with reading(engine) as conn:
            archive.recover(committed_ends(conn))
        assert [finding.kind for finding in check(engine, archive).findings] == ["archive"]
        later = archive.append(small(3))
        archive.close()
        again = Archive(folder)
        assert [again.read(place).body for place in (places[0], later)] == [small(n).body for n in (0, 3)]
        assert (later.file, later.offset) == ("pantau-00001.warc.gz", 0)
