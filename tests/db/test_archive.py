"""The archive: what was stored can be read, what was torn is cut, what is not what it was is said."""

import errno
import os
from datetime import UTC, datetime

import msgspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from db.archive import Archive, ArchivedResponse, Location
from db.errors import ArchiveBusy, ArchiveDamaged, ArchiveError

RESPONSE = ArchivedResponse(
    url="https://situs.test/berita/1",
    fetched_at=datetime(2026, 3, 10, 2, 0, tzinfo=UTC),
    status=200,
    headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Aneh", "a\r\nSet-Cookie: b")),
    body="<p>Perahu “pagi” berangkat.</p>".encode() * 50,
)


@pytest.fixture
def archive(tmp_path):
    """An archive in a folder of its own."""
    found = Archive(tmp_path / "arsip")
    found.recover({})
    yield found
    found.close()


def test_what_was_stored_is_read_again(archive):
    places = [archive.append(msgspec.structs.replace(RESPONSE, body=RESPONSE.body + bytes([n]))) for n in range(5)]
    for n, place in enumerate(places):
        stored = archive.read(place)
        assert (stored.url, stored.status, stored.body) == (RESPONSE.url, 200, RESPONSE.body + bytes([n]))
        assert stored.fetched_at == RESPONSE.fetched_at
        assert stored.header("content-type") == "text/html"


def test_a_header_cannot_make_another(archive):
    stored = archive.read(archive.append(RESPONSE))
    assert stored.header("Set-Cookie") is None
    assert stored.header("Content-Encoding") is None
    assert stored.header("X-Archive-Orig-Content-Encoding") == "gzip"


def test_another_program_reads_it(archive):
    for n in range(3):
        archive.append(msgspec.structs.replace(RESPONSE, url=f"https://situs.test/{n}"))
    [path] = archive.folder.glob("*.warc.gz")
    with path.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.content_stream().read()) for r in ArchiveIterator(file)
        ]
    assert records == [("response", f"https://situs.test/{n}", RESPONSE.body) for n in range(3)]


@pytest.mark.parametrize("torn", [1, 100, 300])
def test_a_torn_tail_is_cut_before_anything_is_appended(archive, torn):
    first = archive.append(RESPONSE)
    archive.append(RESPONSE)
    archive.close()
    path = archive.folder / first.file
    os.truncate(path, first.length + torn)
    again = Archive(archive.folder)
    [cut] = again.recover({first.file: first.length})
    assert (cut.file, cut.byte_count) == (first.file, torn)
    place = again.append(RESPONSE)
    assert place.offset == first.length
    assert again.read(place).body == again.read(first).body == RESPONSE.body
    again.close()


def test_a_second_writer_is_refused(archive):
    archive.append(RESPONSE)
    with pytest.raises(ArchiveBusy, match="another process writes"):
        Archive(archive.folder).append(RESPONSE)


def test_a_full_file_is_followed_by_a_new_one(tmp_path):
    archive = Archive(tmp_path, file_cap_bytes=500)
    places = [archive.append(RESPONSE) for _ in range(4)]
    assert [place.file for place in places] == [
        "pantau-00000.warc.gz",
        "pantau-00000.warc.gz",
        "pantau-00001.warc.gz",
        "pantau-00001.warc.gz",
    ]
    assert all(archive.read(place).body == RESPONSE.body for place in places)
    archive.close()


@pytest.mark.parametrize("damage", ["other bytes", "cut", "missing", "wrong digest"])
def test_damage_is_said(archive, damage):
    place = archive.append(RESPONSE)
    archive.close()
    path = archive.folder / place.file
    if damage == "other bytes":
        raw = bytearray(path.read_bytes())
        raw[place.length // 2] ^= 0xFF
        path.write_bytes(bytes(raw))
    elif damage == "cut":
        os.truncate(path, place.length // 2)
    elif damage == "missing":
        path.unlink()
    else:
        place = msgspec.structs.replace(place, sha256="0" * 64)
    with pytest.raises(ArchiveDamaged, match="restore the file from a backup"):
        archive.read(place)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", ""])
def test_a_row_cannot_name_a_file_elsewhere(archive, name):
    with pytest.raises((ArchiveDamaged, IsADirectoryError)):
        archive.read(Location(file=name, offset=0, length=10, sha256=""))


def test_a_record_that_finds_no_room_leaves_no_trace(archive, monkeypatch):
    first = archive.append(RESPONSE)

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveError, match=r"No space left on device.*free some space"):
        archive.append(RESPONSE)
    monkeypatch.undo()
    assert archive.ends() == {first.file: first.length}
    assert archive.append(RESPONSE).offset == first.length
