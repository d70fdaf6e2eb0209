"""The facts of a workspace as they were at a moment, over all tables that figures are made of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pyarrow as pa

from shinrai.quality.facts.answers import ANSWER_FACTS
from shinrai.quality.facts.ground import Ground
from shinrai.quality.facts.inquiries import INQUIRY_FACTS
from shinrai.quality.facts.investigations import INVESTIGATION_FACTS
from shinrai.topics.facts import TOPIC_FACTS
from shinrai.warehouse.fact_table import as_of
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.store import Warehouse

# Findings are counted over 180 days; what they are about was asked a while before.
FINDINGS_SINCE: Final = timedelta(days=270)
FACT_TABLES: Final = (INQUIRY_FACTS, INVESTIGATION_FACTS, TOPIC_FACTS, ANSWER_FACTS)


@dataclass(frozen=True)
class FactsAsOf:
    """The rows of each table by its name, and how fresh the tables were they were taken from."""

    rows: dict[str, pa.Table]
    fresh: dict[str, Fresh | None]


def facts_as_of(
    *, published: Warehouse, ground: Ground, until: datetime, since: date | None = None
) -> FactsAsOf:
    """Give the facts of one workspace as they were at a moment.

    With `since`, of what was received or filed on that date or later, of what findings of the last
    180 days are about, and of every account its first inquiry and its last touch: no figure about
    these looks further back. `fresh` is empty where the published inquiries rest on another ground
    and all of them are computed from the steps.
    """
    if since is not None:
        since = min(since, (until - FINDINGS_SINCE).date())
    found = {
        facts.table.name: as_of(
            published,
            facts,
            workspace_id=ground.workspace_id,
            until=until,
            since=since,
            basis=ground if facts is INQUIRY_FACTS else None,
        )
        for facts in FACT_TABLES
    }
    fresh = {name: one.fresh for name, one in found.items() if one.fresh is not None}
    is_published = INQUIRY_FACTS.table.name in fresh
    return FactsAsOf(
        {name: one.rows for name, one in found.items()}, {**fresh} if is_published else {}
    )
