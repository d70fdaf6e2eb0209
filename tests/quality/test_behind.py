"""As many rows lie behind a figure as it counts, also where one of two sources tells less."""

import random
from datetime import timedelta

import pytest

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.measures.behind import LISTED
from shinrai.quality.queries.listing import cases_behind
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.summary import figures_of
from shinrai.topics.facts import TOPICS
from shinrai.units.share import Share
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from tests.quality.stories import june
from tests.quality.test_measures import HERE, NOW, asked, counted_rows

MICHI = WorkspaceRecord(HERE, "michi", "ミチノート", "Asia/Tokyo", "ja", True, june(1))
SPREAD = 60


def drawn(seed: int) -> list[dict[str, object]]:
    """Draw inquiries of the first week of June: of a desk with messages, and of a log without.

    The log says who held a case and when it was solved, and nothing of what was written.
    """
    lot, rows = random.Random(seed), []
    for number in range(1, SPREAD + 1):
        at = june(lot.randint(1, 5), lot.randint(8, 17))
        given: dict[str, object] = {"customer_id": lot.randint(1, 9)}
        if lot.random() < 0.8:
            given["solved"] = at + timedelta(hours=lot.randint(1, 90))
        if lot.random() < 0.9:
            tier = lot.choice((1, 2, 3))
            given |= {"highest_tier": tier, "held_tiers": lot.choice((1 << tier, 6)) | 1 << tier}
        if lot.random() < 0.1:
            given |= {"cancelled_us": at + timedelta(hours=1), "cancelled_for": "spam"}
        if lot.random() < 0.5:  # the desk, which also knows waits and groups
            given |= {"waits_customer_count": lot.randint(0, 1)}
            given |= {"handovers_count": lot.randint(0, 2), "group_returns_count": 0}
            if lot.random() < 0.8:
                given["reply"] = at + timedelta(hours=lot.randint(1, 50))
        else:
            given |= {"source": "log", "inbound_every_count": 0}
        rows.append(asked(number, at, **given))
    return rows


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rows_behind_each_figure_are_as_many_as_it_counts(tmp_path, seed: int) -> None:
    found = figures_of(counted_rows(tmp_path, drawn(seed), mode="via_cs"))
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    none = TOPICS.batch({c.name: [] for c in TOPICS.stored})
    append_rows(warehouse, TOPICS, [none], app="q", since=None, upto=1, at=NOW)
    told, listed = {}, {}
    for figure in LISTED:
        share = share_behind(figure, found[figure]) if figure in found else None
        if share is not None:
            behind = cases_behind(
                workspace=MICHI, figure=figure, at=NOW, warehouse=warehouse, mode="via_cs"
            )
            told[figure], listed[figure] = share, Share(behind.count, behind.of)

    assert listed == told
    assert {"next_business_day", "self_resolved", "waited", "one_reply", "solved"} < set(told)
