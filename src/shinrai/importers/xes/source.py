"""Bring event logs in: laid flat into a folder that is gone afterwards, then as any table."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from shinrai.importers.flatten.work_folder import flat_folder, flat_root, sweep_flat
from shinrai.importers.operations import ImportReport, import_into, quiet
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.observation_phase import Progress
from shinrai.importers.xes.flatten import flatten


def import_xes(
    *,
    workspace: str,
    mapping: Mapping | None,
    paths: Sequence[Path],
    dry_run: bool,
    at: datetime,
    by: str,
    simulated: bool = False,
    progress: Progress = quiet,
) -> ImportReport:
    """Import XES logs into a workspace; without a mapping the shipped one that fits is taken.

    Raises: what `import_into` raises.
    """
    sweep_flat(flat_root())
    with flat_folder(flat_root()) as folder:
        progress("flattening", 0, len(paths))
        tables = flatten(paths, folder)
        return import_into(
            workspace=workspace,
            mapping=mapping,
            paths=tables,
            zone=None,
            dry_run=dry_run,
            at=at,
            by=by,
            simulated=simulated,
            progress=progress,
        )
