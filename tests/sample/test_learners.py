"""What measures find in the learners' usage and contracts is the truth that is written beside."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import known_customers, payers, person_links
from shinrai.revenue.queries.summary import revenue_summary
from shinrai.sample.operations.company import learner_files
from shinrai.sample.operations.usage import USAGE, LearnerFiles, has_learners, load_learners
from shinrai.sample.rules.billing import guardian_name
from shinrai.sample.rules.company import simulate
from shinrai.sample.rules.learners import ENDS, NAMED, identifier, simulate_learners
from shinrai.sample.rules.study import study_events
from shinrai.sample.rules.truth import Truth
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.moments import epoch_us
from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.operations.columns import publish_events
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.operations.files import take_in_file
from shinrai.usage.operations.move import move_all
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.habit import active_days, streaks
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.sample.conftest import SMALL, THURSDAY, TUESDAY
from tests.sample.test_company import moments

TABLES = (EVENTS, DAYS)


def files_of(inquiries: int, until: datetime = TUESDAY) -> LearnerFiles:
    return learner_files(simulate(until=until, truth=replace(Truth(), inquiries=inquiries)))


@pytest.fixture(scope="module")
def files() -> LearnerFiles:
    """Four hundred learners."""
    return files_of(8_000)


@pytest.fixture
def there(cast: Cast) -> WorkspaceRecord:
    return replace(cast.workspace, zone="Asia/Tokyo")


def scope_of(there: WorkspaceRecord, tables: str, **more: Any) -> UsageScope:
    persons = actors_merged(there.id)
    return UsageScope(there.id, "Asia/Tokyo", TUESDAY, Warehouse(tables), persons=persons, **more)


def allows(told: float, count: int, of: int) -> bool:
    interval = wilson(count, of, 0.999)
    assert isinstance(interval, Interval)
    return interval.low <= told <= interval.high


@pytest.mark.django_db
class TestTheTruth:
    @pytest.fixture
    def loaded(
        self, there: WorkspaceRecord, files: LearnerFiles, tables: str, tmp_path: Path
    ) -> UsageScope:
        files.write(tmp_path)
        load_learners(there, files, tmp_path, at=TUESDAY)
        return scope_of(there, tables)

    def test_what_is_exact_is_found_exactly(
        self, loaded: UsageScope, there: WorkspaceRecord, files: LearnerFiles, tmp_path: Path
    ) -> None:
        truth = files.truth
        known = known_customers(
            workspace_id=there.id,
            source=ACTORS,
            identifiers=map(identifier, range(len(files.learners))),
        )
        first = date.fromisoformat(truth["first_on"])
        found = active_days(loaded, since=first, until=TUESDAY.date(), event="login")
        months: dict[int, dict[str, int]] = {}
        for one in found:
            months.setdefault(one.person, {})[f"{one.month:%Y-%m}"] = one.days
        assert sum(one.days for one in found) == truth["learner_days"]
        for name in NAMED:
            assert months[known[name]] == truth["named"][name]["active_days"]
        last_month = {name: months[known[name]]["2026-10"] for name in NAMED[:3]}
        assert last_month == {"L-hina": 1, "L-sora": 15, "L-yui": 10}
        everyday = {one.person: one for one in streaks(loaded)}[known["L-haru"]]
        assert everyday.current == everyday.longest == (TUESDAY.date() - first).days + 1
        # who opened a shared tablet is the child who signed in first, and nobody besides
        assert len(loaded.persons) == truth["shared_tablets"] > 3
        assert set(loaded.persons.values()) <= set(known.values())
        [revenue] = revenue_summary(workspace=there, at=TUESDAY, since=first)
        assert [
            {
                "month": f"{one.month:%Y-%m}",
                "contracts": one.contracts.in_force,
                "mrr": one.contracts.mrr_minor,
                "received": one.payments.net_minor,
                "ended": one.contracts.ended,
            }
            for one in revenue.months
        ] == truth["months"]
        assert revenue.contracts.contracts == truth["contracts"]["begun"]
        assert revenue.contracts.ended == truth["contracts"]["ended"]

    def test_rates_are_found_within_their_intervals(
        self, loaded: UsageScope, there: WorkspaceRecord, files: LearnerFiles
    ) -> None:
        told = files.truth["weekly_retention"]
        since, last = (date.fromisoformat(told[name]) for name in ("weeks_from", "last_week"))
        for grade, expected in told["by_grade"].items():
            weeks = Span("week", since, last - timedelta(weeks=1))
            asked = RetentionRequest(
                weeks, periods=2, where=(("grade", grade),), start="login", back="login"
            )
            cohorts = retention(loaded, asked).cohorts
            size = sum(one.size for one in cohorts)
            assert allows(expected["share"], sum(one.returned[1] or 0 for one in cohorts), size)
            assert abs(size / expected["expected_of"] - 1) < 0.1

        ended, there_before = ends_by_days(loaded, there, files)
        for upto, share in ENDS:
            assert there_before[upto] > 50
            assert allows(share, ended[upto], there_before[upto])


def ends_by_days(
    scope: UsageScope, there: WorkspaceRecord, files: LearnerFiles
) -> tuple[Counter[int], Counter[int]]:
    """Count contracts by the days their learner was active in a month, and those that then ended.

    From links and usage as measures read them. Marches are left out, when many graduate.
    """
    months = [on for on in files.learners.days if on.day == 1 and on <= TUESDAY.date()]
    days = Counter[tuple[int, date]]()
    for one in active_days(scope, since=months[0], until=months[-1]):
        days[one.person, one.month] = one.days
    named = {files.truth["named"][name]["contract"] for name in NAMED}
    ended, of = Counter[int](), Counter[int]()
    for month, after in pairwise(months):
        if month.month == 3:
            continue
        learners: dict[str, set[int]] = {}
        for link in person_links(workspace_id=there.id, on=month):
            if link.contract_key and link.contract_key not in named:
                learners.setdefault(link.contract_key, set()).add(link.learner_id)
        still = {link.contract_key for link in person_links(workspace_id=there.id, on=after)}
        for key, children in learners.items():
            most = max(days[child, month] for child in children)
            upto = next(upto for upto, _share in ENDS if most <= upto)
            of[upto] += 1
            ended[upto] += key not in still
    return ended, of


@pytest.mark.django_db
class TestLoading:
    def test_columns_and_a_file_of_the_same_rows_give_the_same_events(
        self, there: WorkspaceRecord, tmp_path: Path
    ) -> None:
        """Published as columns, or taken in from the file and moved out of the inbox."""
        some = files_of(400)
        some.write(tmp_path)
        by_columns, by_file = (Warehouse(str(tmp_path / name)) for name in ("one", "two"))

        publish_events(by_columns, workspace=there, events=some.table(), at=TUESDAY)
        take_in_file(tmp_path / USAGE, workspace=there, mapping=None, at=TUESDAY)
        move_all(by_file, at=TUESDAY)

        assert len(rows_of(by_columns, EVENTS)) == len(some.events)
        for table in TABLES:
            assert rows_of(by_columns, table) == rows_of(by_file, table)

    def test_what_was_published_before_counts_once(
        self, there: WorkspaceRecord, files: LearnerFiles, tables: str
    ) -> None:
        warehouse, whole = Warehouse(tables), files_of(400).table()

        first = publish_events(warehouse, workspace=there, events=whole[:5_000], at=TUESDAY)
        second = publish_events(warehouse, workspace=there, events=whole, at=TUESDAY)
        third = publish_events(warehouse, workspace=there, events=whole, at=TUESDAY)

        assert (first.events, first.known) == (5_000, 0)
        assert (second.events, second.known) == (len(whole) - 5_000, 5_000)
        assert (third.events, third.known) == (0, len(whole))
        counted = sum(row["event_count"] for row in rows_of(warehouse, DAYS, "event_count"))
        assert counted == len(rows_of(warehouse, EVENTS)) == len(whole)

    @pytest.mark.parametrize("point", ["publish.all_handed_over", "publish.committed"])
    def test_killed_between_two_tables_it_is_finished_by_whoever_moves_next(
        self, there: WorkspaceRecord, tables: str, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(passed: str) -> None:
            if passed == point:
                raise KeyboardInterrupt

        warehouse, events = Warehouse(tables), files_of(400).table()
        monkeypatch.setattr("shinrai.warehouse.publication.passed", die)
        with pytest.raises(KeyboardInterrupt):
            publish_events(warehouse, workspace=there, events=events, at=TUESDAY)
        monkeypatch.undo()

        publish_events(warehouse, workspace=there, events=events, at=TUESDAY)

        days = rows_of(warehouse, DAYS, "event_count")
        assert sum(row["event_count"] for row in days) == len(events)

    def test_a_guardian_pays_once_for_two_children_and_is_who_writes_to_the_desk(
        self, there: WorkspaceRecord, files: LearnerFiles, tmp_path: Path
    ) -> None:
        assert not has_learners(there)
        files.write(tmp_path)
        load_learners(there, files, tmp_path, at=TUESDAY)
        load_learners(there, files, tmp_path, at=TUESDAY)

        links = person_links(workspace_id=there.id, on=TUESDAY.date())
        in_force = files.truth["months"][-1]["contracts"]
        paying = payers(link for link in links if link.contract_key)
        children = {link.learner_id for link in links}
        assert has_learners(there)
        assert len(paying) == in_force < len(children)
        assert len({guardian for guardian, _contract in paying}) < in_force  # some have two
        asked = files.learners.contracts.guardian
        desk = known_customers(
            workspace_id=there.id, source="inquiry-steps", identifiers=map(guardian_name, asked)
        )
        assert {guardian for guardian, _contract in paying} <= set(desk.values())


class TestTheSameLearners:
    def test_two_days_later_there_are_only_more_events(self) -> None:
        tuesday, thursday = files_of(400), files_of(400, THURSDAY)

        count = len(tuesday.events)
        assert len(thursday.events) > count
        assert thursday.table()[:count] == tuesday.table()
        assert thursday.truth["named"]["L-hina"]["active_days"]["2026-10"] == 1

    @given(moments)
    @settings(max_examples=12, deadline=None)
    def test_at_any_moment_nothing_lies_ahead_and_nobody_studies_without_a_contract(
        self, until: datetime
    ) -> None:
        found = simulate_learners(simulate(until=until, truth=SMALL))
        events = study_events(found)

        assert len(events)
        assert events.at_us.max() <= epoch_us(until)
        assert (np.diff(events.at_us) >= 0).all()
        learner, day = np.nonzero(found.active | found.lost)
        contract = found.contract[learner]
        assert (found.contracts.start[contract] <= day).all()
        assert (day < found.contracts.end[contract]).all()
        assert set(np.unique(events.grade)) <= set(range(1, 10))
        assert not (found.active & found.lost).any()

    def test_the_outage_keeps_most_away_and_habit_keeps_most_there(
        self, files: LearnerFiles
    ) -> None:
        learners = files.learners
        lost = files.truth["outage"]["learner_days_lost"]
        day = (date.fromisoformat(files.truth["outage"]["on"]) - learners.first).days

        assert lost == learners.lost.sum() > 50
        assert learners.active[:, day].sum() < learners.active[:, day - 7].sum() / 3
        shares = [share for _days, share in ENDS]
        assert shares == sorted(shares, reverse=True)


def rows_of(warehouse: Warehouse, table: Any, *names: str) -> list[dict[str, Any]]:
    """Return what is true of a table in the order of its key; how often it was written is not."""
    found = run(warehouse, table.unbound(), tables=[table]).records()
    kept = names or [column.name for column in table.columns]
    whole = sorted(found, key=lambda row: tuple(str(row[name]) for name in table.key))
    return [{name: row[name] for name in kept} for row in whole]
