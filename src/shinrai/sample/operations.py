"""Open the sample: two workspaces, both marked simulated, filled by the doors real data uses."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shinrai.accounts.operations import WorkspaceExists, open_workspace
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.calendars.operations import save_calendar
from shinrai.calendars.rules.document import read_calendar
from shinrai.importers.csv.mappings import load_mapping
from shinrai.importers.operations import import_files
from shinrai.ledger.queries import batches
from shinrai.objectives.operations.saving import save_objective
from shinrai.sample.rules.sheet import HEADER, TOKYO, Truth, simulate

BY = "sample"
SEED = 20260602
MONTHS = 9
MAPPING = "investigations_sheet_ja"
OFFICE: dict[str, Any] = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
    "closed": ["12-29..01-03"],
}
OBJECTIVE: dict[str, Any] = {
    "apiVersion": "openslo/v1",
    "kind": "SLO",
    "metadata": {
        "name": "investigations-within-2-days",
        "displayName": "調査の回答は2営業日以内",
    },
    "spec": {
        "description": "Investigations that CS files are answered within 2 business days.",
        "service": "cre-investigations",
        "budgetingMethod": "Occurrences",
        "timeWindow": [
            {
                "duration": "1M",
                "isRolling": False,
                "calendar": {"startTime": "2025-01-01 00:00:00", "timeZone": "Asia/Tokyo"},
            }
        ],
        "indicator": {
            "metadata": {"name": "investigations-answered-in-time"},
            "spec": {
                "thresholdMetric": {
                    "metricSource": {
                        "type": "shinrai",
                        "spec": {
                            "clock": "investigation",
                            "mode": "via_cs",
                            "calendar": "office",
                            "within": {"business_days": "2", "by": "close"},
                            "pauses": ["sent_back", "customer", "third_party"],
                        },
                    }
                }
            },
        },
        "objectives": [{"displayName": "2営業日以内に回答", "target": "0.9"}],
    },
}


def load_sample(
    *, sheet: Path | None, at: datetime, tell: Callable[[str], None]
) -> list[WorkspaceRecord]:
    """Open the sample workspaces that are not there yet; those that are stay as they are.

    `sheet` is the example sheet of forty rows, where the checkout is there to hold it.
    """
    opened = [_opened("michi", "ミチノート（架空の会社）", at)]
    if not batches(workspace_id=opened[0].id):
        tell("simulating nine months of investigations")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "michi_investigations.csv"
            write_sheet(path, until=at)
            _fill(opened[0], path, at)
    if sheet is not None:
        there = _opened("chousa", "調査依頼シート（見本40件）", at)
        opened.append(there)
        if not batches(workspace_id=there.id):
            tell(f"importing {sheet.name}")
            _fill(there, sheet, at)
    return opened


def write_sheet(path: Path, *, until: datetime) -> None:
    """Write the simulated sheet as the team would have it at a moment."""
    rows = simulate(
        calendar=read_calendar(OFFICE),
        first=(until.astimezone(TOKYO) - timedelta(days=30 * MONTHS)).date(),
        until=until,
        seed=SEED,
        truth=Truth(),
    )
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)


def _opened(slug: str, name: str, at: datetime) -> WorkspaceRecord:
    try:
        there = open_workspace(
            slug=slug,
            name=name,
            zone="Asia/Tokyo",
            language="ja",
            simulated=True,
            at=at,
            by=BY,
        )
    except WorkspaceExists:
        return workspace_named(slug)
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=at, by=BY)
    save_objective(workspace_id=there.id, document=OBJECTIVE, at=at, by=BY)
    return there


def _fill(workspace: WorkspaceRecord, path: Path, at: datetime) -> None:
    import_files(
        workspace_id=workspace.id,
        mapping=load_mapping(MAPPING),
        paths=[path],
        zone=None,
        dry_run=False,
        at=at,
        by=BY,
        simulated=True,
    )
