"""The status of an upload's job: its phase, how far it is, and how often a worker took it up."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from shinrai.importers.upload.inbox import Draft
from shinrai.importers.upload.job import Errand, job_name, replace_file


@dataclass(frozen=True)
class Way:
    """How far an errand has come: rows read, or cases compared, of about how many."""

    phase: str
    done: int = 0
    total: int = 0


def way_of(errand: Errand, draft: Draft) -> Way | None:
    """Say how far an errand has come; nothing before a worker took it up."""
    try:
        return msgspec.json.decode(
            (draft.folder / f"{job_name(errand)}.way").read_bytes(), type=Way
        )
    except (OSError, msgspec.DecodeError):
        return None


def leave_way(errand: Errand, folder: Path, way: Way) -> None:
    """Note how far an errand has come."""
    replace_file(folder / f"{job_name(errand)}.way", msgspec.json.encode(way))


def note_begun(errand: Errand, folder: Path) -> int:
    """Note that a worker takes an errand up; say how often that was since one gave it back."""
    path = folder / f"{job_name(errand)}.begun"
    count = (path.stat().st_size if path.exists() else 0) + 1
    replace_file(path, b"." * count)
    return count


def forget_begun(errand: Errand, folder: Path) -> None:
    """Forget that an errand was taken up: its worker lives, and gave it back."""
    (folder / f"{job_name(errand)}.begun").unlink(missing_ok=True)
