"""Where tables lie while they are imported: a private folder that goes when the import ends.

They hold words, so only this process may read them. An import holds a lock on its folder, which
goes with its process: what a killed one left behind is known by that, and swept by the next import
and by the timetable.
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
    """Name the folder in which flat tables of this installation lie."""
    return Path(settings.SHINRAI_HOME) / "flat"


@contextmanager
def work_folder(root: Path) -> Iterator[Path]:
    """Make a private folder for one import, and delete it afterwards, whatever happened."""
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
    """List the folders that no living import holds."""
    found = []
    for folder in root.iterdir() if root.is_dir() else ():
        if (lock := _lock(folder)) is not None:
            os.close(lock)
            found.append(folder)
    return tuple(found)


def sweep_work_folders(root: Path) -> int:
    """Delete what killed imports left behind; answer how many folders that were."""
    swept = orphan_folders(root)
    for folder in swept:
        shutil.rmtree(folder, ignore_errors=True)
    return len(swept)


def _lock(folder: Path) -> int | None:
    """Lock a folder; nothing if another import holds it, or it is gone."""
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
