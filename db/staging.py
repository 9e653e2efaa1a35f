"""A new folder that gets its name only when it is whole: what is interrupted leaves nothing that could be taken for it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.archive import sync_folder
from db.errors import StoreError

# In a folder that is being filled: that it is ours, and not whole.
_UNFINISHED = "pantau-unfinished"


def refuse_taken(target: Path, *, folder: bool = True) -> None:
    """Refuse a name that is taken; an empty folder may be filled.

    Raises:
        StoreError: something is there already.
    """
    if folder and target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise StoreError(f"{target} is there already and is not overwritten; name a new one")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a folder to fill; it is called `target` when the work is done, and gone when it fails.

    Raises:
        StoreError: the name is taken.
    """
    refuse_taken(target)
    folder = target.with_name(f"{target.name}.part")
    if (folder / _UNFINISHED).exists():
        shutil.rmtree(folder)  # one of ours whose filling was killed
    if folder.exists():
        raise StoreError(f"{folder} is in the way; move it, or name another target")
    folder.mkdir(mode=0o700, parents=True)
    (folder / _UNFINISHED).touch()
    try:
        yield folder
        (folder / _UNFINISHED).unlink()
        for inner in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
            sync_folder(inner)
        if target.exists():
            target.rmdir()  # it was empty, or this says that it is not any more
        folder.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
