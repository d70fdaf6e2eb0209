"""Finds which source reads an upload: a sheet is read directly, other files become tables first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_folder, work_root
from shinrai.importers.mapping_files import mapping_in, shipped_mapping
from shinrai.importers.mbox.classification import BadMailAddresses, our_mail
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.plan import find_mapping
from shinrai.importers.sources import Source, nothing_in
from shinrai.importers.upload.inbox import LOGS, MAILS, RECORDS, Draft
from shinrai.importers.upload.job import OWN, check_name
from shinrai.importers.upload.mapping_choice import SOURCES, mapping_of_records
from shinrai.importers.xes.source import XES
from shinrai.units.text import Text


@dataclass(frozen=True)
class ReadableUpload:
    """The tables of an upload and the mapping they are read with.

    `given` holds the names of the uploaded files that became tables, and `originals` their paths.
    """

    mapping: Mapping
    paths: Sequence[Path]
    given: tuple[str, ...] = ()
    originals: Sequence[Path] = ()


@contextmanager
def readable_upload(
    draft: Draft, *, mapping: str, ours: str, workspace: WorkspaceRecord
) -> Iterator[ReadableUpload]:
    """Turn an upload into tables, which exist during this block; a sheet is used directly.

    Raises: UnreadableTable, BadMapping, NoMappingFits, BadMailAddresses.
    """
    chosen = _chosen_mapping(draft, mapping)
    source, chosen = _source(draft, chosen, ours, workspace)
    if source is None:
        yield ReadableUpload(chosen or find_mapping(draft.paths), draft.paths)
        return
    sweep_work_folders(work_root())
    with work_folder(work_root()) as folder:
        tables = source.flatten(draft.paths, folder)
        if not tables:
            raise nothing_in(draft.names, source.name)
        found = chosen or source.mapping() or find_mapping(tables)
        yield ReadableUpload(found, tables, draft.names, draft.paths)


def _source(
    draft: Draft, chosen: Mapping | None, ours: str, workspace: WorkspaceRecord
) -> tuple[Source | None, Mapping | None]:
    """Find the source that reads these files (None: a sheet), and the mapping if it is known.

    Logs and mail are recognised by their file names, records of a desk by their content.
    """
    if _any_ends(draft, LOGS):
        return XES, chosen
    if _any_ends(draft, MAILS):
        if not ours.strip():
            raise BadMailAddresses(
                Text(
                    "this is mail: say below which addresses are yours (support@example.jp, or "
                    "@example.jp), so that questions and answers can be told apart"
                ),
            )
        mail = our_mail(ours.replace(",", " ").split())
        return mail_source(mail, workspace=workspace.slug), chosen
    records = [path for path in draft.paths if path.name.lower().endswith(RECORDS)]
    if not records:
        return None, chosen
    settled = mapping_of_records(records, chosen)
    return SOURCES[settled.source], settled


def _any_ends(draft: Draft, endings: tuple[str, ...]) -> bool:
    return any(name.lower().endswith(endings) for name in draft.names)


def _chosen_mapping(draft: Draft, name: str) -> Mapping | None:
    """Read the mapping that was chosen by name: the uploaded one (`own`) or a shipped one.

    None if no name is given, or `own` without an uploaded mapping: the caller then finds one.
    Raises: BadMapping.
    """
    if name == OWN and draft.own_mapping is not None:
        return mapping_in(draft.own_mapping)
    check_name(name)
    return shipped_mapping(name) if name and name != OWN else None
