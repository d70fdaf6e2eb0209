"""Where tables lie while they are imported: a private folder that goes when the import ends.

They hold words, so only this process may read them. An import that is killed leaves its folder
behind; the next one, and the timetable, sweep it: each is locked for as long as its process lives.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def flat_root() -> Path:
    """Name the folder in which flat tables of this house lie."""
    return Path(settings.SHINRAI_HOME) / "flat"


@contextmanager
def flat_folder(root: Path) -> Iterator[Path]:
    """Make a private folder for one import, and delete it afterwards, whatever happened."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(root):  # or it might be swept before it is locked
        folder = Path(tempfile.mkdtemp(dir=root))
        lock = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_flat(root: Path) -> int:
    """Delete what killed imports left behind; answer how many folders that were."""
    if not root.is_dir():
        return 0
    swept = 0
    with _locked(root):
        for folder in root.iterdir():
            try:
                lock = _lock(folder, fcntl.LOCK_NB)
            except (BlockingIOError, FileNotFoundError):  # in use; done with meanwhile
                continue
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            swept += 1
    return swept


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    lock = _lock(root)
    try:
        yield
    finally:
        os.close(lock)


def _lock(folder: Path, how: int = 0) -> int:
    """Lock a folder until the file answered is closed, or its process has ended."""
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | how)
    except BaseException:
        os.close(file)
        raise
    return file
