"""Where tables lie while they are imported: a private folder that goes when the import ends.

They hold words, so only this process may read them. An import that is killed leaves its folder
behind; the next one, and the timetable, sweep what is older than a day.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

LIFE = timedelta(days=1)


def flat_root() -> Path:
    """Name the folder in which flat tables of this house lie."""
    return Path(settings.SHINRAI_HOME) / "flat"


@contextmanager
def flat_folder(root: Path) -> Iterator[Path]:
    """Make a private folder for one import, and delete it afterwards, whatever happened."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_flat(root: Path, at: datetime) -> int:
    """Delete what killed imports left behind a day ago; answer how many folders that were."""
    if not root.is_dir():
        return 0
    swept = 0
    for folder in root.iterdir():
        if at.timestamp() - folder.stat().st_mtime > LIFE.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
    return swept
