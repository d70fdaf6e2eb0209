"""The status of an upload's job: its phase, how far it is, and how often a worker took it up."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from shinrai.importers.upload.inbox import Draft
from shinrai.importers.upload.job import UploadJob, job_name, replace_file


@dataclass(frozen=True)
class UploadStatus:
    """How far a job has come: rows read, or cases compared, of about how many."""

    phase: str
    done: int = 0
    total: int = 0


def status_of(job: UploadJob, draft: Draft) -> UploadStatus | None:
    """Return how far a job has come; nothing before a worker took it up."""
    try:
        return msgspec.json.decode(
            (draft.folder / f"{job_name(job)}.status").read_bytes(), type=UploadStatus
        )
    except (OSError, msgspec.DecodeError):
        return None


def save_status(job: UploadJob, folder: Path, status: UploadStatus) -> None:
    """Note how far a job has come."""
    replace_file(folder / f"{job_name(job)}.status", msgspec.json.encode(status))


def count_attempt(job: UploadJob, folder: Path) -> int:
    """Note that a worker takes a job up; say how often that was since one gave it back."""
    path = folder / f"{job_name(job)}.attempts"
    count = (path.stat().st_size if path.exists() else 0) + 1
    replace_file(path, b"." * count)
    return count


def forget_attempts(job: UploadJob, folder: Path) -> None:
    """Forget that a job was taken up: its worker lives, and gave it back."""
    (folder / f"{job_name(job)}.attempts").unlink(missing_ok=True)
