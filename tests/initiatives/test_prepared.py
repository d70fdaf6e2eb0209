"""The worker prepares Kobayashi's figures, so that his page counts nothing while he waits."""

from datetime import date, timedelta
from typing import Any

import pytest

from shinrai.initiatives.operations.prepared import initiative_figures, prepare_initiatives
from shinrai.initiatives.operations.steps import AmendRequest, amend_initiative, declare_initiative
from shinrai.initiatives.queries.records import initiative_named
from shinrai.initiatives.queries.results import Asker, results_of
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.initiatives.stage import END, KOBAYASHI, START, WEEK, asker, declaration, typed

__all__ = ["typed"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("typed")]


def prepare(asks: Asker) -> list[str]:
    return prepare_initiatives(workspace=asks.workspace, warehouse=Warehouse("unused"), at=asks.at)


def declared(cast: Cast, **changes: Any) -> None:
    given = declaration(**changes)
    declare_initiative(asker(cast.workspace, START - WEEK), given, by=KOBAYASHI)


@pytest.mark.parametrize("on", [START - timedelta(days=2), START + 3 * WEEK, END + WEEK])
@pytest.mark.parametrize(
    "design", [{}, {"design": "flag"},
               {"design": "staggered", "group": "school",
                "starts": {"a": START, "b": START + WEEK}}],
)  # fmt: skip
def test_what_is_prepared_is_what_would_be_counted(
    cast: Cast, typed: list[Any], design: dict[str, Any], on: date
) -> None:
    typed += [(START + n * WEEK, school, "1", 40, 30 + n) for n in range(3) for school in "ab"]
    declared(cast, **design)
    asks = asker(cast.workspace, on)
    found = initiative_named(cast.workspace, "templates", today=asks.today)
    counted = initiative_figures(asks, found)
    assert counted.results == results_of(asks, found)

    assert prepare(asks) == ["templates"]
    typed.clear()
    assert initiative_figures(asks, found) == counted, "nothing is counted for the page"
    assert prepare(asks) == [], "it is current"
    later = Asker(asks.workspace, asks.warehouse, asks.at + timedelta(minutes=40))
    assert initiative_figures(later, found).counted_at == asks.at


def test_an_amendment_a_new_day_and_an_hour_ask_for_it_anew(cast: Cast) -> None:
    declared(cast)
    asks = asker(cast.workspace, START + WEEK)
    assert prepare(asks) == ["templates"]
    assert prepare(Asker(cast.workspace, asks.warehouse, asks.at + timedelta(hours=1)))
    assert prepare(asker(cast.workspace, START + WEEK + timedelta(days=1)))

    later = asker(cast.workspace, START + 2 * WEEK)
    prepare(later)
    changed = AmendRequest("templates", declaration(kpi="kindly"), "it looks better")
    amend_initiative(later, changed, by=KOBAYASHI)
    found = initiative_named(cast.workspace, "templates", today=later.today)
    assert initiative_figures(later, found).results.kpi.measure.key == "kindly"
    assert prepare(later) == ["templates"]
