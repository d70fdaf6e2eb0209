"""The result of an upload's job: the report of a trial, an import, or a refusal."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from shinrai.importers.queries import QuarantineRecord
from shinrai.importers.run.result import ImportReport
from shinrai.importers.upload.inbox import Draft
from shinrai.importers.upload.job import UploadJob, job_name, replace_file

PATIENCE_S = 2.0  # whoever uploads a small sheet is given its result at once
LOOK_S = 0.02


@dataclass(frozen=True)
class UploadResult:
    """The result of a job.

    It has the report of a trial, or the batch of an import, or a refusal in both languages; none of
    them if an error of ours ended the job.
    """

    at: datetime
    report: ImportReport | None = None
    set_aside: tuple[QuarantineRecord, ...] = ()
    batch: int | None = None
    became_real: bool = False
    refusal: Mapping[str, str] | None = None
    is_final: bool = False  # asked again, these files would only stop their reader again

    @property
    def is_broken(self) -> bool:
        """Return whether an error of ours ended the job without a result."""
        return self.report is None and self.batch is None and self.refusal is None


def result_of(job: UploadJob, draft: Draft) -> UploadResult | None:
    """Return the result of a job; None while it is not done."""
    try:
        return msgspec.json.decode(
            (draft.folder / f"{job_name(job)}.result").read_bytes(), type=UploadResult
        )
    except (OSError, msgspec.DecodeError):
        return None


def wait_for_result(
    job: UploadJob, draft: Draft, *, patience_s: float = PATIENCE_S
) -> UploadResult | None:
    """Wait up to `patience_s` seconds for the result of a job; None if it is not done by then."""
    until = time.monotonic() + patience_s
    while (result := result_of(job, draft)) is None and time.monotonic() < until:
        time.sleep(LOOK_S)
    return result


def save_result(job: UploadJob, folder: Path, result: UploadResult) -> None:
    """Store the result of a job; nothing is stored if the upload was deleted."""
    replace_file(folder / f"{job_name(job)}.result", msgspec.json.encode(result))
