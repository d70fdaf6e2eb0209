"""The time zone of a workspace, set when its first data is imported."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from shinrai.accounts.operations.workspaces import set_zone
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.accounts.rules.workspace import ASSUMED_ZONE
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.rules.moments import IN_CELL
from shinrai.importers.rules.zone_offsets import zone_of_offsets
from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.table import UnreadableTable

FILES_READ = 200
BYTES_READ = 1024 * 1024  # of each file


def zone_of_import(mapping: Mapping, zone: str | None, files: Sequence[Path]) -> tuple[str, str]:
    """Return the time zone that an import indicates, and where that is from; ("", "") if none.

    The zone given by the user is used first, then the zone in which the mapping reads its moments
    (except UTC, which does not show where a desk is), then the UTC offsets in the files.

    Raises: UnknownZone for the zone given by the user.
    """
    if zone:
        zone_named(zone)
        return zone, ""
    named = (table.zone for table in mapping.tables if table.zone not in (None, IN_CELL))
    of_mapping = next((name for name in named if name != ASSUMED_ZONE), None)
    if of_mapping:
        return of_mapping, f"mapping {mapping.name}"
    derived = zone_of_offsets(_beginnings(files))
    return (derived, "offsets in the files") if derived else ("", "")


def settle_zone(
    workspace: WorkspaceRecord,
    settled: tuple[str, str],
    *,
    at: datetime,
    by: str,
) -> WorkspaceRecord:
    """Set the time zone that an import indicates, if the workspace's zone is only assumed."""
    zone, source = settled
    if not (zone and workspace.zone_is_assumed):
        return workspace
    set_zone(workspace_id=workspace.id, zone=zone, at=at, by=by, source=source, keep_said=True)
    return workspace_named(workspace.slug)


def _beginnings(paths: Sequence[Path]) -> Iterator[bytes]:
    """Yield the first megabyte of each file; unreadable files are skipped."""
    inside = chain.from_iterable(
        sorted(path.rglob("*")) if path.is_dir() else (path,) for path in paths
    )
    for path in islice((path for path in inside if path.is_file()), FILES_READ):
        try:
            with open_bytes(path) as file:
                yield file.read(BYTES_READ)
        except (OSError, UnreadableTable):
            continue
