"""KPIs by date, added up, are the figures of the page, whomever they are kept apart by."""

from datetime import date

import pytest

from shinrai.quality.queries.kpis import KPIS, MEANS, SHARES, kpi_by_date
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.summary import figures_of
from shinrai.topics.facts import TOPICS
from shinrai.units.share import Share
from shinrai.warehouse.kpis import PERSON, KpiQuestion
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from tests.quality.test_behind import drawn
from tests.quality.test_measures import HERE, NOW, counted_rows

FROM, UNTIL = date(2020, 1, 1), NOW.date()


@pytest.mark.parametrize("by", ["", PERSON, "source"])
def test_added_up_over_all_dates_they_are_the_figures(tmp_path, by: str) -> None:
    found = figures_of(counted_rows(tmp_path, drawn(7), mode="via_cs"))
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    none = TOPICS.batch({c.name: [] for c in TOPICS.stored})
    append_rows(warehouse, TOPICS, [none], app="q", since=None, upto=1, at=NOW)
    asked = KpiQuestion(HERE, FROM, UNTIL, NOW, "UTC", {"mode": "via_cs"}, by)
    rows = {one.measure.key: kpi_by_date(warehouse, one.measure.key, asked) for one in KPIS}

    figures = {key: share_behind(key, found[key]) for key in SHARES}
    told = {key: share for key, share in figures.items() if share is not None and share.of}
    sums = {
        key: Share(sum(int(row.total) for row in rows[key]), sum(row.of for row in rows[key]))
        for key in told
    }
    assert sums == told
    assert len(told) >= 6
    for key in MEANS:
        assert sum(row.of for row in rows[key]) == found[key]["of"]
        assert sum(row.total for row in rows[key]) == found[key]["times"]
        assert all(row.squares >= row.total**2 / row.of for row in rows[key] if row.of)


def test_a_population_narrows_what_is_counted(tmp_path) -> None:
    counted_rows(tmp_path, drawn(7), mode="via_cs")
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    none = TOPICS.batch({c.name: [] for c in TOPICS.stored})
    append_rows(warehouse, TOPICS, [none], app="q", since=None, upto=1, at=NOW)

    def count(**only: str) -> int:
        asked = KpiQuestion(HERE, FROM, UNTIL, NOW, "UTC", only)
        return sum(row.of for row in kpi_by_date(warehouse, "solved", asked))

    assert 0 < count(source="log") < count()
    assert count(account="nobody's") == 0
