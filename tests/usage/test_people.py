"""The people behind figures of usage are as many as the figures say, and masked."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.customers.operations import record_customers
from shinrai.usage.operations.cohorts import archive_cohort, save_cohort
from shinrai.usage.queries.cohorts import cohort_named, newest_versions, saved_cohorts
from shinrai.usage.queries.people import FigureAsked, people_behind
from shinrai.usage.queries.view import usage_view, usual_question, workspace_scope
from shinrai.usage.rules.cohort import (
    BadCohort,
    CohortDefinition,
    read_definition,
    read_where,
    where_words,
)
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.downloads import json_rows
from tests.usage.filling import Act, fill

MORNING = datetime(2026, 6, 17, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
# On which days before the 17th each of them studied.
DAYS = {
    "aki@example.org": (1, 8, 15, 30),
    "ben": (14,),
    "chie": (1, 2, 3, 4, 22),
    "dai": (60, 40),
}


@pytest.fixture
def warehouse(cast: Cast, settings, tmp_path: Path) -> Warehouse:
    """Four learners; Aki and Chie are in grade 3."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    found = Warehouse(settings.SHINRAI_WAREHOUSE)
    numbers = record_customers(
        workspace_id=cast.workspace.id, source="usage", identifiers=list(DAYS), at=MORNING
    )
    acts = [
        Act(
            numbers[name].id,
            MORNING - timedelta(days=n),
            properties='{"grade": 3}' if name[0] in "ac" else '{"grade": 1}',
        )
        for name, days in DAYS.items()
        for n in days
    ]
    fill(found, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)
    return found


def number_of(cast: Cast, name: str) -> int:
    [found] = record_customers(
        workspace_id=cast.workspace.id, source="usage", identifiers=[name], at=MORNING
    ).values()
    return found.id


def client_of(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.manager.user)
    return client


@pytest.fixture
def now():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_each_figure_has_as_many_people_behind_it_as_it_says(cast, warehouse, period):
    question = usual_question("Asia/Tokyo", MORNING, period)
    if period == "day":  # nobody is new within these days
        question = replace(question, retention=replace(question.retention, kind="recurring"))
    asked = {"at": MORNING, "warehouse": warehouse, "question": question}
    view = usage_view(cast.workspace, **asked)
    scope = workspace_scope(cast.workspace, **asked)
    assert view.habit is not None

    def behind(figure, on=None, low=0, high=1_000) -> int:
        found = people_behind(scope, question, FigureAsked(figure, on, low, high))
        assert len({one.number for one in found}) == len(found)
        return len(found)

    seen = 0
    for cohort in view.triangle.cohorts:
        for column, count in enumerate(cohort.returned):
            if count:
                seen += 1
                assert behind("retention", cohort.start, column) == count
    for one in view.lifecycle[-3:]:
        for part in ("active", "new", "returning", "resurrecting", "dormant"):
            said = getattr(one, part)
            assert said is None or behind(part, one.start) == said
    last = view.habit.actives[-1]
    assert seen
    assert [behind(name, last.on) for name in ("dau", "wau", "mau")] == [last.dau, last.wau, 3]
    assert behind("days", low=2, high=28) == sum(
        count for days, count in view.habit.days.people.items() if days > 1
    )
    assert behind("churned") == view.habit.churned.share.count == 1
    assert behind("streak", low=4, high=4) == 1
    for month in view.habit.learning:
        if month.share is not None:
            assert behind("learners", month.month) == month.share.of
            assert behind("learned", month.month) == month.share.count


def test_cumulative_cells_name_those_who_came_back_then_or_later(cast, warehouse, now):
    address = "/w/tanuki/usage/people/?figure=retention&on=2026-05-17&low=2&cumulative=1"
    rows = json_rows(client_of(cast), address)

    assert [row["number"] for row in rows] == [number_of(cast, "aki@example.org")]


def test_the_list_masks_identifiers_and_is_in_the_audit(cast, warehouse, now):
    client = client_of(cast)
    shown = client.get("/w/tanuki/usage/people/?figure=mau&on=2026-06-16").content.decode()
    found = client.get("/w/tanuki/usage/people/?figure=mau&on=2026-06-16&q=chie").content.decode()

    assert "aki@example.org" not in shown
    assert "chie" in shown
    assert "ben" not in found.partition("<table")[2]
    assert AuditEntry.objects.filter(what="persons behind a figure of usage").count() == 2


@pytest.mark.parametrize("asked", ["figure=dau", "figure=dau&on=x", "figure=cohort&cohort=9"])
def test_says_what_is_missing(cast, warehouse, now, asked):
    assert client_of(cast).get(f"/w/tanuki/usage/people/?{asked}").status_code == 422


def test_a_cohort_has_versions_and_counts_its_people(cast, warehouse, now):
    there = {"workspace_id": cast.workspace.id, "at": MORNING, "by": "member:1"}
    number = save_cohort(name="Often", definition=CohortDefinition(least_days=5), **there)
    save_cohort(name="Often", definition=CohortDefinition(least_days=4), number=number, **there)
    found = cohort_named(workspace_id=cast.workspace.id, name="often")

    assert (found.version, found.definition.least_days) == (2, 4)
    address = f"/w/tanuki/usage/people/?figure=cohort&cohort={number}"
    assert Counter(row["days"] for row in json_rows(client_of(cast), address)) == {5: 1, 4: 1}
    with pytest.raises(BadCohort, match="already"):
        save_cohort(name="OFTEN", definition=CohortDefinition(), **there)
    archive_cohort(number=number, **there)
    assert saved_cohorts(cast.workspace.id) == []
    assert [one.version for one in newest_versions(cast.workspace.id)] == [3]


def test_the_page_saves_a_cohort_and_keeps_what_was_typed_wrong(cast, warehouse, now):
    client = client_of(cast)
    form = {"name": "Grade 3", "where": "grade=3", "days": "20", "least": "2"}
    wrong = client.post("/w/tanuki/usage/cohorts/change/", {**form, "where": "grade"})
    right = client.post("/w/tanuki/usage/cohorts/change/", form)
    shown = client.get("/w/tanuki/usage/?cohort=1").content.decode()

    assert wrong.status_code == 422
    assert 'value="Grade 3"' in wrong.content.decode()
    assert right.status_code == 302
    assert "Cohort: Grade 3" in shown
    [one] = saved_cohorts(cast.workspace.id)
    assert one.definition == CohortDefinition(where=(("grade", "3"),), days=20, least_days=2)
    assert read_definition(one.definition.document) == one.definition


def test_of_a_property_only_those_who_have_it_count(cast, warehouse, now):
    address = "/w/tanuki/usage/people/?figure=mau&on=2026-06-16"

    assert len(json_rows(client_of(cast), address)) == 3
    assert len(json_rows(client_of(cast), f"{address}&where=grade%3D3")) == 2


def test_filters_are_read_as_they_are_written():
    where = read_where(" grade = 3,plan=a=b ")

    assert where == (("grade", "3"), ("plan", "a=b"))
    assert read_where(where_words(where)) == where
