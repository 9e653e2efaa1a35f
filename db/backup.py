"""A copy of store and archive that belong together, made while the crawler runs, and the way back.

A backup is a folder, or a tar file of one: `store.db`, `archive/*.warc.gz`, and `manifest.json` with the digest of each. The store is copied
first, in one reading transaction; then each archive file up to the last record that the copy knows. `store.db` is a SQLite store whatever
the database: what PostgreSQL holds is copied row by row, so that a backup of either can be restored into either.

Nothing has a backup's or a store's name before it is whole and on the disk.
"""

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec
from sqlalchemy import Engine

from db.archive import Archive, sync_folder
from db.copying import Tell, copy_rows, count_rows
from db.downloads import committed_ends
from db.engine import open_engine, reading, snapshot, writing
from db.errors import BackupDamaged, StoreError, StoreMissing
from db.indexing import index_backlog
from db.staging import new_folder, refuse_taken
from db.upgrade import check_revision, head, upgrade

_STORE = "store.db"
_ARCHIVE = "archive/"
_MANIFEST = "manifest.json"
_SUFFIX = ".warc.gz"
_PIECE_BYTES = 1 << 20
_MANIFEST_CAP_BYTES = 64 << 20
# In an archive folder it says that the store which knows these files is not in its place yet.
_HALF = "restore-unfinished"
_STAGE = ".restoring"
_SAY_EVERY_OPS = 5_000_000


class BackupFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a backup: its name there, its length in bytes, its SHA-256."""

    name: str
    byte_count: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: when it was made, the store's shape, how many rows of each table, the files.

    `short` names archive files that were shorter than their rows say when the backup was made.
    """

    made_at: datetime
    revision: str
    counts: dict[str, int]
    files: list[BackupFile]
    short: list[str] = []
    format: int = 1


def back_up(engine: Engine, archive: Archive, target: Path, *, now: datetime, tell: Tell) -> Manifest:
    """Copy store and archive to a new folder, or into a tar file where the target's name ends so.

    Raises:
        StoreError: the target is there already, lies in the archive, or cannot be written; the store cannot be read.
    """
    _refuse_target(archive, target)
    with _said(target), ExitStack() as stack:
        target.parent.mkdir(parents=True, exist_ok=True)
        begin: Callable[[Path], AbstractContextManager[_Parcel]] = _tar if target.suffix == ".tar" else _folder
        parcel = stack.enter_context(begin(target))
        stack.enter_context(archive.held_for_reading())
        store = parcel.store
        _copy_store(engine, store, tell)
        with _opened(store) as copy, reading(copy) as conn:
            counts, ends = count_rows(conn), committed_ends(conn)
        files = [_add(parcel, _STORE, store, store.stat().st_size, tell)]
        short = []
        for name, end in sorted(ends.items()):
            path = archive.path_of(name)
            length = min(end, path.stat().st_size if path.exists() else 0)
            if length < end:
                short.append(name)
            if length:
                files.append(_add(parcel, f"{_ARCHIVE}{name}", path, length, tell))
        manifest = Manifest(made_at=now, revision=head(), counts=counts, files=files, short=short)
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        parcel.add(_MANIFEST, io.BytesIO(content), len(content))
        parcel.finish()
    return manifest


def restore(engine: Engine, archive: Archive, source: Path, *, tell: Tell) -> Manifest:
    """Put a backup's store and archive where none are; every digest is compared before anything is in its place.

    Raises:
        StoreError: there is a store or an archive already.
        BackupDamaged: it is no backup, not whole, or not what was written.
    """
    _remove_half(engine, archive)
    _refuse_full(engine, archive)
    staged = archive.folder / _STAGE
    staged_store = _staged_store(engine, staged)
    with _said(archive.folder), ExitStack() as stack:
        for leftover in (staged, staged_store):
            _remove(leftover)
            stack.callback(_remove, leftover)
        staged.mkdir(parents=True)
        staged_store.parent.mkdir(parents=True, exist_ok=True)
        manifest = _unpack(source, staged, staged_store, tell)
        with _opened(staged_store) as copy:
            _check_store(copy, manifest)
            if engine.dialect.name == "postgresql":
                _place_postgresql(engine, archive, copy, tell)
        if engine.dialect.name == "sqlite":
            _place_sqlite(engine, archive, staged_store)
        (archive.folder / _HALF).unlink()
        sync_folder(archive.folder)
    return manifest


def refuse_half_restored(engine: Engine, archive: Archive) -> None:
    """Refuse an archive whose store is not restored yet: an empty store beside it would have it cut away.

    Raises:
        StoreMissing: the restore was interrupted.
    """
    if not (archive.folder / _HALF).exists():
        return
    if _is_empty(engine):
        raise StoreMissing(f"a restore into {archive.folder} was interrupted; run `pantau db restore` again")
    (archive.folder / _HALF).unlink(missing_ok=True)


# --- making one ---


class _Parcel(Protocol):
    store: Path

    def add(self, name: str, content: IO[bytes], length: int) -> None: ...

    def finish(self) -> None: ...


class _FolderParcel:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / _STORE

    def add(self, name: str, content: IO[bytes], length: int) -> None:
        path = self.folder / name
        if path == self.store:  # it was made where it stays
            _pour(content, lambda _: None, length)
            _sync_file(path)
            return
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            _pour(content, file.write, length)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Nothing is left to do: the folder is named when its filling ends."""


class _TarParcel:
    def __init__(self, path: Path, target: Path, file: IO[bytes], tar: tarfile.TarFile) -> None:
        self.path, self.target, self.file, self.tar = path, target, file, tar
        self.store = path.with_name(f"{path.name}.store")

    def add(self, name: str, content: IO[bytes], length: int) -> None:
        info = tarfile.TarInfo(name)
        info.size = length
        info.mode = 0o600
        self.tar.addfile(info, content)

    def finish(self) -> None:
        self.tar.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        os.link(self.path, self.target)
        self.path.unlink()
        sync_folder(self.target.parent)


@contextmanager
def _folder(target: Path) -> Iterator[_FolderParcel]:
    with new_folder(target) as folder:
        yield _FolderParcel(folder)


@contextmanager
def _tar(target: Path) -> Iterator[_TarParcel]:
    path = target.with_name(f"{target.name}.part")
    with path.open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        parcel = _TarParcel(path, target, file, tar)
        _remove(parcel.store)
        try:
            yield parcel
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            _remove(parcel.store)


def _refuse_target(archive: Archive, target: Path) -> None:
    inside = archive.folder.resolve()
    if inside in (target.resolve(), *target.resolve().parents):
        raise StoreError(f"{target} lies in the archive itself; name a place outside of {archive.folder}")
    refuse_taken(target, folder=target.suffix != ".tar")


def _copy_store(engine: Engine, path: Path, tell: Tell) -> None:
    _remove(path)
    if engine.dialect.name == "sqlite":
        _copy_sqlite(engine, path, tell)
        return
    with _opened(path) as copy:
        upgrade(copy)
        with snapshot(engine) as source, writing(copy) as target:
            copy_rows(source, target, tell)


def _copy_sqlite(engine: Engine, path: Path, tell: Tell) -> None:
    """Copy what one reading transaction sees; SQLite's own backup would begin anew with every write of the crawler's."""
    total = Path(str(engine.url.database)).stat().st_size

    def say() -> int:
        tell(_STORE, path.stat().st_size if path.exists() else 0, total)
        return 0

    try:
        with closing(sqlite3.connect(str(engine.url.database), timeout=30, isolation_level=None)) as connection:
            connection.set_progress_handler(say, _SAY_EVERY_OPS)
            connection.execute("vacuum into ?", (str(path),))
    except sqlite3.Error as error:
        raise StoreError(f"the store cannot be copied to {path.parent} ({error}); {_cure(str(error))}") from error


def _cure(reason: str) -> str:
    if "full" in reason:
        return "free some space, or name a place on another disk"
    return "look with `pantau db check`"


def _add(parcel: _Parcel, name: str, path: Path, length: int, tell: Tell) -> BackupFile:
    with path.open("rb") as file:
        watched = _Watched(file, lambda done: tell(name, done, length))
        parcel.add(name, watched, length)  # type: ignore[arg-type] # reading is all that is asked of it
    if watched.done != length:
        raise StoreError(f"{path} became shorter while it was copied; look with `pantau db check`")
    return BackupFile(name=name, byte_count=length, sha256=watched.digest.hexdigest())


class _Watched:
    """A file that is digested while it is read."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self._file, self._tell = file, tell
        self.digest = hashlib.sha256()
        self.done = 0

    def read(self, length: int) -> bytes:
        piece = self._file.read(length)
        self.digest.update(piece)
        self.done += len(piece)
        self._tell(self.done)
        return piece


def _pour(content: IO[bytes], write: Callable[[bytes], Any], length: int) -> None:
    left = length
    while left and (piece := content.read(min(left, _PIECE_BYTES))):
        write(piece)
        left -= len(piece)


# --- the way back ---


def _remove_half(engine: Engine, archive: Archive) -> None:
    if (archive.folder / _HALF).exists() and _is_empty(engine):
        _take_back(archive)


def _take_back(archive: Archive) -> None:
    for name in archive.ends():
        archive.path_of(name).unlink()
    (archive.folder / _HALF).unlink(missing_ok=True)


def _refuse_full(engine: Engine, archive: Archive) -> None:
    if not _is_empty(engine):
        place = engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"there is a store at {place} already and it is not overwritten; move it away, or name another with database_url"
        )
    database = str(engine.url.database)
    beside = [Path(f"{database}-wal"), Path(f"{database}-shm")] if engine.dialect.name == "sqlite" else []
    for path in (*beside, *map(archive.path_of, archive.ends())):
        if path.exists():
            raise StoreError(f"{path} is there already and is not overwritten; move it away first")


def _is_empty(engine: Engine) -> bool:
    """Return whether there is no store; an empty database of PostgreSQL's is none."""
    if engine.dialect.name == "sqlite":
        return not Path(str(engine.url.database)).exists()
    try:
        check_revision(engine)
    except StoreMissing:
        return True
    with reading(engine) as conn:
        return not any(count_rows(conn).values())


def _staged_store(engine: Engine, staged: Path) -> Path:
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        return path.with_name(f"{path.name}.restoring")
    return staged / _STORE


def _unpack(source: Path, archive_folder: Path, store: Path, tell: Tell) -> Manifest:
    """Copy a backup's files to their staging places and return its manifest, with which they agree."""
    found: dict[str, BackupFile] = {}
    content = b""
    for name, length, file in _members(source):
        if name == _MANIFEST:
            content = file.read(_MANIFEST_CAP_BYTES)
            continue
        target = _target_of(name, archive_folder, store)
        if target is None:
            raise BackupDamaged(f"{source} holds {name!r}, which no backup of ours does; nothing was restored")
        watched = _Watched(file, lambda done, name=name, length=length: tell(name, done, length))  # type: ignore[misc]
        with target.open("xb") as out:
            _pour(watched, out.write, length)  # type: ignore[arg-type] # reading is all that is asked of it
            out.flush()
            os.fsync(out.fileno())
        found[name] = BackupFile(name=name, byte_count=watched.done, sha256=watched.digest.hexdigest())
    manifest = _manifest(source, content)
    for file_ in manifest.files:
        if found.pop(file_.name, None) != file_:
            raise BackupDamaged(
                f"{source}: {file_.name} is missing or not what was backed up; use another backup, nothing was restored"
            )
    if found or not store.exists():
        raise BackupDamaged(f"{source} and its manifest do not agree; use another backup, nothing was restored")
    return manifest


def _target_of(name: str, archive_folder: Path, store: Path) -> Path | None:
    bare = name.removeprefix(_ARCHIVE)
    if name == _STORE:
        return store
    if name == f"{_ARCHIVE}{bare}" and bare == Path(bare).name and bare.endswith(_SUFFIX):
        return archive_folder / bare
    return None


def _members(source: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield the files of a backup: name, length in bytes, content."""
    if source.is_dir():
        for path in sorted(path for path in source.rglob("*") if not path.is_dir()):
            with path.open("rb") as file:
                yield path.relative_to(source).as_posix(), path.stat().st_size, file
        return
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise BackupDamaged(f"{source} holds {member.name!r}, which is no file; nothing was restored")
                yield member.name, member.size, content
    except FileNotFoundError as error:
        raise StoreMissing(f"there is no backup at {source}; name the folder or tar file of one") from error
    except tarfile.TarError as error:
        raise BackupDamaged(f"{source} is no backup that can be read ({error}); nothing was restored") from error


def _manifest(source: Path, content: bytes) -> Manifest:
    if not content:
        raise BackupDamaged(f"{source} holds no {_MANIFEST}: it is no backup, or not a whole one")
    try:
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise BackupDamaged(f"{source}: {_MANIFEST} cannot be read ({error}); use another backup") from error


def _check_store(copy: Engine, manifest: Manifest) -> None:
    """Bring a staged store to today's shape, and compare its rows with what the manifest says."""
    upgrade(copy)
    with reading(copy) as conn:
        counts = count_rows(conn)
    if any(counts.get(name, count) != count for name, count in manifest.counts.items()):
        raise BackupDamaged("the backup's store holds other rows than its manifest says; use another backup")


def _place_sqlite(engine: Engine, archive: Archive, staged_store: Path) -> None:
    _sync_file(staged_store)
    with _archive_placed(archive):
        # A link does not overwrite: a store that was made meanwhile stays.
        os.link(staged_store, str(engine.url.database))
    sync_folder(staged_store.parent)


def _place_postgresql(engine: Engine, archive: Archive, copy: Engine, tell: Tell) -> None:
    upgrade(engine)
    with _archive_placed(archive), reading(copy) as source, writing(engine) as target:
        copy_rows(source, target, tell)
    index_backlog(engine)


@contextmanager
def _archive_placed(archive: Archive) -> Iterator[None]:
    """Put the archive in its place before the store; until that is there too a mark says so, and without it nothing stays."""
    (archive.folder / _HALF).touch()
    sync_folder(archive.folder)
    try:
        for path in sorted((archive.folder / _STAGE).glob(f"*{_SUFFIX}")):
            path.rename(archive.path_of(path.name))
        sync_folder(archive.folder)
        yield
    except BaseException:
        _take_back(archive)
        raise


# --- both ways ---


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _said(place: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise StoreError(
            f"{error.filename2 or error.filename or place} was made meanwhile and is not overwritten"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{error.filename or place} cannot be read or written ({error.strerror or error}); check its rights and space, nothing was put in place"
        ) from error
    except tarfile.TarError as error:
        raise BackupDamaged(
            f"the backup is cut off or damaged ({error}); use another one, nothing was put in place"
        ) from error


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return
    for name in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))):
        with suppress(FileNotFoundError):
            name.unlink()
