"""The archive: every kept answer as a WARC 1.1 response record, a gzip member each, before any row speaks of it.

A row points at file, offset, length and digest. Only this process appends to a file; when it starts, each file is cut to the last
offset that a row knows, because a torn last record reads as if whole and hides whatever is appended after it.
"""

import fcntl
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from db.errors import ArchiveBusy, ArchiveDamaged, ArchiveError

_GZIP_LEVEL = 6
_FILE_CAP_BYTES = 1 << 30
_SUFFIX = ".warc.gz"
_PART = f"{_SUFFIX}.part"
_READERS_LOCK = ".readers"
# The body is stored decoded: these headers speak of the bytes on the wire, and are kept under another name.
_OF_THE_WIRE = {"content-encoding", "transfer-encoding", "content-length"}


class ArchivedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer: `body` is content-decoded; `fetched_at` is aware."""

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record lies: file name in the archive folder, byte offset, byte length, SHA-256 of the body."""

    file: str
    offset: int
    length: int
    sha256: str


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A tail that no row knew: how many bytes were cut from a file."""

    file: str
    byte_count: int


class Archive:
    """A folder of WARC files, `pantau-00000.warc.gz` and on; a new one is begun when the last is full."""

    def __init__(self, folder: Path, *, file_cap_bytes: int = _FILE_CAP_BYTES) -> None:
        self.folder = folder
        self._file_cap_bytes = file_cap_bytes
        self._open: BinaryIO | None = None
        # Files that have lost bytes which rows know: behind half a record nothing could be read by others, nor be told from it by place.
        self._torn: set[str] = set()

    def recover(self, committed: Mapping[str, int]) -> list[Cut]:
        """Cut every file to the end that rows know of, and remove what none knows; call it once, before the first `append`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob(f"*{_PART}"):
            path.unlink()
        self._torn = {path.name for path in self._files() if path.stat().st_size < committed.get(path.name, 0)}
        return [cut for path in self._files() if (cut := _cut(path, committed.get(path.name, 0)))]

    def append(self, response: ArchivedResponse) -> Location:
        """Store an answer; its bytes are on the disk when this returns.

        Raises:
            ArchiveBusy: another process writes this archive.
            ArchiveError: the disk is full or may not be written.
        """
        member = gzip.compress(_record_of(response), _GZIP_LEVEL, mtime=0)
        file = self._writer()
        offset = file.seek(0, io.SEEK_END)
        try:
            file.write(member)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self._take_back(file, offset)
            raise ArchiveError(
                f"{file.name} cannot be written ({error.strerror}); free some space, the work goes on from there"
            ) from error
        return Location(
            file=Path(file.name).name,
            offset=offset,
            length=len(member),
            sha256=hashlib.sha256(response.body).hexdigest(),
        )

    def read(self, location: Location) -> ArchivedResponse:
        """Return the answer stored at a place.

        Raises:
            ArchiveDamaged: it is not there, or not the bytes that were stored.
        """
        try:
            response = self._parse(location)
        except (OSError, EOFError, ValueError, LookupError, zlib.error) as error:
            raise ArchiveDamaged(
                f"{_place(location)} cannot be read ({error}); restore the file from a backup"
            ) from error
        if hashlib.sha256(response.body).hexdigest() != location.sha256:
            raise ArchiveDamaged(
                f"{_place(location)} holds other bytes than were stored; restore the file from a backup"
            )
        return response

    def ends(self) -> dict[str, int]:
        """Return the length of each file in bytes."""
        return {path.name: path.stat().st_size for path in self._files()}

    @contextmanager
    def held_for_reading(self) -> Iterator[None]:
        """Keep others from removing files that are replaced meanwhile: places that were read from rows stay good until the end."""
        with self._readers_lock() as lock:
            if lock is not None:
                fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    @contextmanager
    def owned(self, name: str) -> Iterator[BinaryIO]:
        """Yield a file, to be read, while nobody may append to it.

        Raises:
            ArchiveBusy: somebody does.
            ArchiveError: it is not there or cannot be read.
        """
        try:
            file = self.path_of(name).open("rb")
        except OSError as error:
            raise ArchiveError(f"{name} cannot be read ({error.strerror}); restore the file from a backup") from error
        with file:
            _lock_whole(file)
            yield file

    def is_appended_to(self, name: str) -> bool:
        """Return whether somebody has a file open for appending: its last record may then wait for its row."""
        try:
            with self.owned(name):
                return False
        except ArchiveBusy:
            return True
        except ArchiveError:
            return False

    def new_file(self) -> tuple[Path, Path]:
        """Return the paths of a file to be written beside the others: first under the one name, then, whole, renamed to the other."""
        path = self._path_after(self._files())
        return path.with_name(f"{path.name.removesuffix(_SUFFIX)}{_PART}"), path

    def drop(self, name: str) -> bool:
        """Remove a file that no row points at; return whether it is gone, and `False` while somebody reads or appends."""
        self.shorten(name, 0)
        return not self.path_of(name).exists()

    def shorten(self, name: str, end: int) -> int:
        """Cut off what no row points at behind `end`; return how many bytes went, 0 while somebody reads or appends."""
        with self._readers_lock() as lock, suppress(OSError):
            if lock is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with self.path_of(name).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cut = _cut(self.path_of(name), end)
                return cut.byte_count if cut else 0
        return 0

    def path_of(self, name: str) -> Path:
        """Return where a file lies; only a name is taken from a row, never a path."""
        return self.folder / Path(name).name

    def close(self) -> None:
        """Give the file back."""
        if self._open:
            self._open.close()
            self._open = None

    def _parse(self, location: Location) -> ArchivedResponse:
        with self.path_of(location.file).open("rb") as file:
            file.seek(location.offset)
            raw = gzip.decompress(file.read(location.length))
        record = next(iter(ArchiveIterator(io.BytesIO(raw), parse_http=True)), None)
        if record is None:
            raise LookupError("no record starts there")
        return _response_of(record)

    def _writer(self) -> BinaryIO:
        if self._open and self._open.tell() >= self._file_cap_bytes:
            self.close()
        if self._open is None:
            self._open = self._open_last()
        return self._open

    def _open_last(self) -> BinaryIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self._next_path()
            is_new = not path.exists()
            file = path.open("ab")
            if is_new:
                sync_folder(self.folder)
        except OSError as error:
            raise ArchiveError(
                f"{self.folder} cannot be written ({error.strerror}); check its rights and space"
            ) from error
        try:
            _lock_whole(file)
        except ArchiveBusy:
            file.close()
            raise
        return file

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{_SUFFIX}"))

    def _next_path(self) -> Path:
        files = self._files()
        if files and files[-1].stat().st_size < self._file_cap_bytes and files[-1].name not in self._torn:
            return files[-1]
        return self._path_after(files)

    def _path_after(self, files: list[Path]) -> Path:
        # Files go when what they hold is let go of: their number says nothing of the last one's name.
        last = max((int(found[0]) for path in files if (found := re.findall(r"-(\d+)\.", path.name))), default=-1)
        return self.folder / f"pantau-{last + 1:05d}{_SUFFIX}"

    @contextmanager
    def _readers_lock(self) -> Iterator[BinaryIO | None]:
        path = self.folder / _READERS_LOCK
        try:
            lock = path.open("ab")
        except OSError:
            # Where nothing can be written nothing is removed either.
            yield None
            return
        with lock:
            yield lock

    def _take_back(self, file: BinaryIO, offset: int) -> None:
        # What could not be written whole must not stand before the next record; closing first drops what is still buffered.
        name = file.name
        self._open = None
        with suppress(OSError):  # the buffer cannot be flushed: it is what we are taking back
            file.close()
        os.truncate(name, offset)


def _cut(path: Path, end: int) -> Cut | None:
    extra = path.stat().st_size - end
    if end == 0:
        path.unlink()
    elif extra > 0:
        os.truncate(path, end)
    if extra <= 0:
        return None
    return Cut(file=path.name, byte_count=extra)


def _lock_whole(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ArchiveBusy(f"another process writes {file.name}; stop it first") from error


def _record_of(response: ArchivedResponse) -> bytes:
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.record_date = response.fetched_at.astimezone(UTC)
    record.headers["WARC-Target-URI"] = response.url
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.set_bytes_content(_http_of(response))
    out = io.BytesIO()
    record.write(out)
    return out.getvalue()


def _http_of(response: ArchivedResponse) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {response.status}"]
    for name, value in response.headers:
        kept = f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_WIRE else name
        lines.append(f"{_one_line(kept)}: {_one_line(value)}")
    lines.append(f"Content-Length: {len(response.body)}")
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + response.body


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _response_of(record: WarcRecord) -> ArchivedResponse:
    status = record.http_headers.status_code
    if status is None:
        raise ValueError("the record is no HTTP answer")
    headers = tuple((k, v) for k, v in record.http_headers.items())
    return ArchivedResponse(
        url=record.headers["WARC-Target-URI"],
        fetched_at=record.record_date,
        status=status,
        headers=headers,
        body=record.reader.read(),
    )


def _place(location: Location) -> str:
    return f"{location.file} at {location.offset}"


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk: a new file's bytes may be there while its name is not."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
