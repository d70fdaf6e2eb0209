"""The published table `clocks`: numbers, moments and keys only, no texts and no people's names."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.ledger.facts import ZoneBasis, zone_bases
from shinrai.objectives.models import Clock
from shinrai.postgres.bulk import one_of
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fact_table import FactTable
from shinrai.warehouse.tables import Column, Table

CLOCKS = Table(
    name="clocks",
    grain="one clock of one case under one objective",
    key=("workspace_id", "objective_id", "case_id", "index"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("objective_id", "int", "the objective"),
        Column("objective", "string", "the objective's key, as in its document"),
        Column("objective_version", "int", "the version in force when the clock started"),
        Column("calendar", "string", "digest of the calendar's revision"),
        Column("tzdata", "string", "version of the time zones it was computed with"),
        Column("case_id", "int", "the inquiry or investigation"),
        Column("case_key", "string", "its key in the source"),
        Column("index", "int", "1, or higher after a reopening"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("started_us", "int", "when it started"),
        Column("effective_us", "int", "the moment it counts from"),
        Column("stopped_us", "int", "when it stopped", null_means="it runs or rests"),
        Column("due_us", "int", "when it is due", null_means="at rest, or void before it was due"),
        Column(
            "due_without_pauses_us",
            "int",
            "when it would be due had it never rested",
            null_means="beyond the calendar's horizon",
        ),
        Column("paused_since_us", "int", "since when it rests", null_means="it does not rest"),
        Column("cancelled_us", "int", "when the case was cancelled", null_means="it was not"),
        Column("spam", "bool", "cancelled as spam: void whenever"),
        Column("exempted_us", "int", "when it was exempted", null_means="it was not"),
        Column("open_s", "int", "open seconds from start to stop, or to when last computed"),
        Column("paused_open_s", "int", "how many of them it rested"),
        Column(
            "due_on",
            "date",
            "the date it falls due, in the workspace's zone",
            null_means="no due moment",
        ),
        Column("started_on", "date", "the date it started, in the workspace's zone"),
    ),
    parted_by="workspace_id",
)


class _Clocks:
    """The rows of the table `clocks` in PostgreSQL, as `warehouse.fact_table.CaseSource`."""

    def changed(self, *, since: int, upto: int) -> Iterator[tuple[int, int]]:
        clocks = Clock.objects.filter(written_in__gte=since, written_in__lt=upto)
        rows = clocks.order_by("workspace_id", "id").values_list("workspace_id", "id")
        yield from rows.iterator()

    def of_workspace(self, workspace_id: int) -> Iterator[int]:
        clocks = Clock.objects.filter(workspace_id=workspace_id).order_by("id")
        yield from clocks.values_list("id", flat=True).iterator()

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        return set(self.of_workspace(workspace_id))

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        return False


MOMENTS: Final = ("started", "effective", "stopped", "due", "due_without_pauses", "cancelled")
READ: Final = {  # column of the published table: where PostgreSQL keeps it
    "workspace_id": "workspace_id",
    "objective_id": "objective_id",
    "objective": "objective__name",
    "objective_version": "basis__version__number",
    "calendar": "basis__calendar_digest",
    "tzdata": "basis__tzdata",
    "case_id": "case_id",
    "case_key": "case__source_key",
    **{name: name for name in ("index", "mode", "spam", "open_s", "paused_open_s", "gone")},
    **{f"{name}_us": f"{name}_at" for name in (*MOMENTS, "exempted")},
    "paused_since_us": "paused_since",
}


def rows(ids: list[int], basis: ZoneBasis, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Return the published rows of some clocks, including those that are marked `gone`."""
    found = Clock.objects.filter(one_of("id", ids)).order_by("id").values_list(*READ.values())
    columns: dict[str, Any] = dict(zip(READ, zip(*found, strict=True), strict=True))
    zone = ZoneInfo(basis.zone)
    dates = {f"{name}_on": _on(columns[f"{name}_us"], zone) for name in ("due", "started")}
    moments = {name: _us(column) for name, column in columns.items() if name.endswith("_us")}
    return CLOCKS.batch({**columns, **moments, **dates, "revision": [revision] * len(ids)})


def _us(moments: Iterable[datetime | None]) -> list[int | None]:
    return [None if at is None else epoch_us(at) for at in moments]


def _on(moments: Iterable[datetime | None], zone: ZoneInfo) -> list[date | None]:
    """Return the dates of moments in the workspace's zone, by our tzdata, not the engine's."""
    return [None if at is None else at.astimezone(zone).date() for at in moments]


CLOCK_FACTS: Final = FactTable(
    table=CLOCKS, app="objectives", cases=_Clocks(), rows=rows, bases=zone_bases, case=None
)
FACT_TABLES: Final = (CLOCK_FACTS,)
