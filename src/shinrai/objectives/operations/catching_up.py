"""Bring everything that is derived up to date: clocks, their published copy, verdicts."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.objectives.operations.freezing import freeze_closed_windows
from shinrai.objectives.operations.publishing import publish_clocks
from shinrai.objectives.operations.refreshing import recompute_outdated_clocks
from shinrai.objectives.tables import CLOCKS
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tidying import compact


@dataclass(frozen=True)
class CaughtUp:
    """What there was to do: objectives computed again, rows published, verdicts frozen."""

    recomputed: int
    published: int
    frozen: int


def catch_up(*, warehouse: Warehouse, at: datetime) -> CaughtUp:
    """Compute outdated clocks again, publish what changed, and freeze windows that closed.

    Cost follows what is new; with nothing new it is a few questions. Doors call it after a deed
    and before a question about windows; a timetable may call it as often as it likes.
    """
    recomputed = recompute_outdated_clocks()
    published = publish_clocks(warehouse=warehouse, at=at)
    if published.rows:
        compact(warehouse, CLOCKS)  # only once small files have piled up
    frozen = freeze_closed_windows(warehouse=warehouse, at=at)
    return CaughtUp(recomputed, published.rows, frozen)
