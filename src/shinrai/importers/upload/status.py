"""The status of an upload's job: its phase, its progress, and how often a worker started it."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from shinrai.importers.upload.inbox import Draft
from shinrai.importers.upload.job import UploadJob, job_name, replace_file


@dataclass(frozen=True)
class UploadStatus:
    """The progress of a job: rows read or cases compared, and about how many there are."""

    phase: str
    done: int = 0
    total: int = 0


def status_of(job: UploadJob, draft: Draft) -> UploadStatus | None:
    """Return the progress of a job; None until a worker has started it."""
    try:
        return msgspec.json.decode(
            (draft.folder / f"{job_name(job)}.status").read_bytes(), type=UploadStatus
        )
    except (OSError, msgspec.DecodeError):
        return None


def save_status(job: UploadJob, folder: Path, status: UploadStatus) -> None:
    """Store the progress of a job."""
    replace_file(folder / f"{job_name(job)}.status", msgspec.json.encode(status))


def count_attempt(job: UploadJob, folder: Path) -> int:
    """Count that a worker starts a job; return how often since the last `forget_attempts`."""
    path = folder / f"{job_name(job)}.attempts"
    count = (path.stat().st_size if path.exists() else 0) + 1
    replace_file(path, b"." * count)
    return count


def forget_attempts(job: UploadJob, folder: Path) -> None:
    """Reset the count of a job's starts, when its worker returned the job to be tried later."""
    (folder / f"{job_name(job)}.attempts").unlink(missing_ok=True)
