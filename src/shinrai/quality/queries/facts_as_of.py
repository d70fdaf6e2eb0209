"""The facts of a workspace as they were at a moment, in all tables that figures are made of."""

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
    """The rows of each table by its name, and up to when the tables they came from were read."""

    rows: dict[str, pa.Table]
    fresh: dict[str, Fresh | None]


def facts_as_of(
    *, published: Warehouse, ground: Ground, until: datetime, since: date | None = None
) -> FactsAsOf:
    """Return the facts of one workspace as they were at a moment.

    With `since`, only cases received or filed on that date or later are returned, together with
    those that findings of the last 180 days are about, and the first and last touched inquiry of
    each account: figures of these dates need no others. `fresh` is empty if the published inquiries
    were computed with other settings, so that all of them are computed from steps.
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
