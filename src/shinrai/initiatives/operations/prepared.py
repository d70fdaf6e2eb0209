"""Prepare the figures of initiatives, which take too long for a page to count."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.initiatives.models import Exposure, PreparedInitiative
from shinrai.initiatives.queries.records import initiatives
from shinrai.initiatives.queries.results import (
    Asker,
    Results,
    WeekSums,
    kpi_of,
    power_of,
    results_of,
)
from shinrai.initiatives.rules.arms import ArmFigure
from shinrai.initiatives.rules.comparison import Comparison, Power
from shinrai.initiatives.rules.declaration import BadInitiative
from shinrai.initiatives.rules.progress import InitiativeRecord
from shinrai.statistics.differences import Sums
from shinrai.warehouse.store import Warehouse

FRESH: Final = timedelta(minutes=50)  # cases of past days may still be imported or corrected
LATE: Final = timedelta(minutes=90)


@dataclass(frozen=True)
class InitiativeFigures:
    """The figures of an initiative, when they were counted, and how long it takes to see it."""

    results: Results
    power: Power | None
    counted_at: datetime


def prepare_initiatives(
    *, workspace: WorkspaceRecord, warehouse: Warehouse, at: datetime
) -> list[str]:
    """Prepare what is not current; return the keys of the initiatives that were."""
    asker = Asker(workspace, warehouse, at)
    done = []
    for found in initiatives(workspace, today=asker.today):
        if found.declaration is None or _row(asker, found, FRESH) is not None:
            continue
        ground = _rests_on(asker, found)  # read first: what changes meanwhile is prepared anew
        try:
            results, power = results_of(asker, found), power_while_declared(asker, found)
        except BadInitiative:  # its KPI is gone, which the page says
            continue
        document = {
            "weeks": [
                [one.since.isoformat(), _plain(one.sums), one.is_before, one.is_over]
                for one in results.weeks
            ],
            "sums": [_plain(one) for one in _sums(results)],
            "arms": [asdict(one) for one in results.arms],
            "ratio_p": results.ratio_p,
            "power": power and [_plain(power.history), power.needed, power.chance],
        }
        PreparedInitiative.objects.update_or_create(
            workspace_id=workspace.id,
            key=found.key,
            defaults={"prepared_at": at, "rests_on": ground, "document": document},
        )
        done.append(found.key)
    return done


def initiative_figures(asker: Asker, found: InitiativeRecord) -> InitiativeFigures:
    """Return the figures that were prepared; where none are current, count them now.

    Raises: BadInitiative if the KPI is gone.
    """
    row = _row(asker, found, LATE)
    asked = found.declaration
    if row is None or asked is None:
        return InitiativeFigures(
            results_of(asker, found), power_while_declared(asker, found), asker.at
        )
    document: dict[str, Any] = row.document
    before, now, first, second = (Sums(*one) for one in document["sums"])
    is_over = asker.today > asked.ends_on
    results = Results(
        progress=found,
        declaration=asked,
        kpi=kpi_of(asked),
        weeks=tuple(
            WeekSums(date.fromisoformat(since), Sums(*sums), is_before, is_past)
            for since, sums, is_before, is_past in document["weeks"]
        ),
        before=before,
        now=now,
        main=Comparison(second, first, asked.effect, asked.direction == "up", is_over),
        arms=tuple(ArmFigure(**{**one, "sums": Sums(**one["sums"])}) for one in document["arms"]),
        ratio_p=document["ratio_p"],
        done=max(0, min(asked.weeks, (asker.today - asked.starts_on).days // 7)),
    )
    power = None
    if document["power"] is not None:
        history, needed, chance = document["power"]
        weeks, volume = asked.baseline_weeks, results.kpi.volume
        power = Power(Sums(*history), weeks, asked, needed, chance, volume)
    return InitiativeFigures(results, power, row.prepared_at)


def power_while_declared(asker: Asker, found: InitiativeRecord) -> Power | None:
    """Say how long an initiative takes, while that still helps."""
    if found.declaration is None or found.state != "declared":
        return None
    try:
        return power_of(asker, found.declaration)
    except BadInitiative:
        return None  # its history was erased or withdrawn since


def _row(asker: Asker, found: InitiativeRecord, age: timedelta) -> PreparedInitiative | None:
    rows = PreparedInitiative.objects.filter(workspace_id=asker.workspace.id, key=found.key)
    row = rows.first()
    if row is None or not timedelta() <= asker.at - row.prepared_at <= age:
        return None
    return row if row.rests_on == _rests_on(asker, found) else None


def _rests_on(asker: Asker, found: InitiativeRecord) -> dict[str, Any]:
    """Return what the figures depend on, beside the KPI itself, whose past days hardly change."""
    rows = Exposure.objects.filter(workspace_id=asker.workspace.id, key=found.key)
    return {
        "digest": found.digest,
        "amendments": len(found.amendments),
        "state": found.state,
        "today": asker.today.isoformat(),
        "zone": asker.workspace.zone,
        "exposures": rows.count(),
    }


def _sums(results: Results) -> tuple[Sums, ...]:
    return results.before, results.now, results.main.before, results.main.now


def _plain(sums: Sums) -> list[Any]:
    return [sums.of, sums.total, sums.squares]
