"""Holds tables during their import, in a private folder that is deleted when the import ends.

They hold texts, so only this process may read them. An import holds a lock on its folder, which
ends with its process: so folders of killed imports are found, and deleted by the next import and by
a scheduled task.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def work_root() -> Path:
    """Return the folder that holds the flat tables of this installation."""
    return Path(settings.SHINRAI_HOME) / "flat"


@contextmanager
def work_folder(root: Path) -> Iterator[Path]:
    """Make a private folder for one import, and delete it at the end of the block."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = None
    while lock is None:  # swept in the moment before it was locked
        folder = Path(tempfile.mkdtemp(dir=root))
        lock = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def orphan_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders that no running import holds."""
    found = []
    for folder in root.iterdir() if root.is_dir() else ():
        if (lock := _lock(folder)) is not None:
            os.close(lock)
            found.append(folder)
    return tuple(found)


def sweep_work_folders(root: Path) -> int:
    """Delete the folders that killed imports left; return how many."""
    swept = orphan_folders(root)
    for folder in swept:
        shutil.rmtree(folder, ignore_errors=True)
    return len(swept)


def _lock(folder: Path) -> int | None:
    """Lock a folder; None if another import holds it, or it no longer exists."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder.exists():
            return handle
    except OSError:
        pass
    os.close(handle)
    return None
