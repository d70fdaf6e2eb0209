"""Tries or imports an upload with the importer's own operations, for a page."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.importers.child_process import LimitReached
from shinrai.importers.flatten.work_folder import work_root
from shinrai.importers.mbox.classification import BadMailAddresses
from shinrai.importers.operations import import_files
from shinrai.importers.queries import QuarantineRecord, quarantined
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.plan import NoMappingFits, NoZone
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.upload.inbox import FILES, Draft
from shinrai.units.errors import UserError
from shinrai.units.text import in_both_languages

if TYPE_CHECKING:
    pass

# What a file or a choice can be wrong about; each says what, where and what to do next.
REFUSALS = (
    UnreadableTable,
    BadMapping,
    NoMappingFits,
    NoZone,
    UnknownZone,
    RetryLater,
    BadMailAddresses,
    LimitReached,
)


@dataclass(frozen=True)
class Trial:
    """What importing the files would do, and the rows it would quarantine."""

    report: ImportReport
    set_aside: tuple[QuarantineRecord, ...]


def try_files(workspace_id: int, request: ImportRequest) -> Trial:
    """Import files and roll everything back; return what the import would do.

    A dry run of the importer keeps no quarantined rows, and people need to see those.

    Raises: the errors in REFUSALS.
    """
    with transaction.atomic():
        report = import_files(workspace_id=workspace_id, request=request)
        aside = quarantined(batch_id=report.batch) if report.batch is not None else ()
        transaction.set_rollback(True)
    return Trial(report, aside)


def refusal_words(error: UserError, draft: Draft) -> dict[str, str]:
    """Return an error's text in both languages, without the paths of our own folders."""
    words = in_both_languages(error.text)
    return {language: _without_our_folders(text, draft) for language, text in words.items()}


def _without_our_folders(words: str, draft: Draft) -> str:
    for folder in (draft.folder / FILES, draft.folder):
        words = words.replace(f"{folder}/", "")
    return re.sub(rf"{re.escape(str(work_root()))}/[^/\s]+/(?:\d+/)?", "", words)
