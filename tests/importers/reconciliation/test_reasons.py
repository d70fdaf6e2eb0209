"""Why a source's figure differs from ours: every reason looks at the case, none is a leftover.

Morishita (森下) answers, Takahashi (髙橋) solves; the desk is open from 9 to 17 in Tokyo.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.importers.rules.derive.step import StoredRow
from shinrai.importers.rules.reconciliation.comparison import (
    ROWS_KEPT,
    CaseDifference,
    FigureComparison,
)
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import UNEXPLAINED, SourceFigure
from shinrai.importers.rules.reconciliation.registry import figures_of, known_sources
from shinrai.ledger.rules.steps import Step
from shinrai.units.moments import epoch_us

TOKYO = ZoneInfo("Asia/Tokyo")
WEEK = ("mon", "tue", "wed", "thu", "fri")


def at(text: str) -> datetime:
    """Name a moment of June 2026 in Tokyo: "3 14:10"."""
    day, clock = text.split()
    hour, minute, *second = map(int, clock.split(":"))
    return datetime(2026, 6, int(day), hour, minute, *second, tzinfo=TOKYO).astimezone(UTC)


def life(*told: tuple[Any, ...]) -> list[Step]:
    return [
        Step(
            sequence=number,
            at=at(when),
            recorded_at=at(when),
            kind=kind,
            by="staff:1",
            detail=detail[0] if detail else {},
        )
        for number, (when, kind, *detail) in enumerate(told)
    ]


def office(hours: str = "09:00-17:00", zone: str = "Asia/Tokyo", **more: Any) -> Calendar:
    return read_calendar({"zone": zone, "weekly": {day: [hours] for day in WEEK}, **more})


def sheet(says: dict[str, Any]) -> StoredRow:
    return StoredRow("tickets", "cases", "7", {"steps": [], "says": says}, {})


def metric(source: str, name: str) -> SourceFigure:
    return next(found for found in figures_of(source) if found.name == name)


def compared(
    source: str, name: str, says: Any, steps: list[Step], calendar: Calendar | None = None
) -> tuple[FigureComparison, CaseDifference | None]:
    entry = FigureComparison(metric(source, name))
    known = Evidence("7", steps, [sheet({name: says})], calendar, ("UTC", "Asia/Tokyo"))
    return entry, entry.take(known)


def reason(*asked: Any) -> str | None:
    row = compared(*asked)[1]
    return None if row is None else row.reason


ANSWERED = life(
    ("3 16:30", "received"),
    ("4 10:15:20", "outbound"),
    ("4 11:00", "waiting", {"on": "customer"}),
    ("5 09:30", "resumed"),
    ("5 12:00:50", "solved"),
)
REPLY = "reply_time_in_minutes"


class TestZendesk:
    def test_whole_minutes_that_are_ours_are_equal(self) -> None:
        told = life(("3 16:30", "received"), ("4 10:15", "outbound"))

        entry, row = compared("zendesk", f"{REPLY}.calendar", "1065", told)

        assert row is None
        assert (entry.n, entry.equal) == (1, 1)

    def test_less_than_a_minute_is_rounding(self) -> None:
        assert reason("zendesk", f"{REPLY}.calendar", "1065", ANSWERED) == "rounding_to_minutes"
        assert reason("zendesk", f"{REPLY}.calendar", "1066", ANSWERED) == "rounding_to_minutes"
        assert reason("zendesk", f"{REPLY}.calendar", "1067", ANSWERED) == UNEXPLAINED

    def test_business_minutes_are_those_of_the_calendar(self) -> None:
        """16:30 to 17:00, and 9:00 to 10:15:20: 105 minutes and a third."""
        _, row = compared("zendesk", f"{REPLY}.business", "105", ANSWERED, office())

        assert row is not None
        assert (row.reason, row.source_says, row.we_say) == ("rounding_to_minutes", 105, 105.33)

    def test_the_hours_of_today_counted_for_the_past(self) -> None:
        """Until 7 June the desk opened at 10; the source knows only the hours from 9 on."""
        versions = [
            {"zone": "Asia/Tokyo", "weekly": {day: ["10:00-17:00"] for day in WEEK}},
            {
                "valid_from": "2026-06-08",
                "zone": "Asia/Tokyo",
                "weekly": {day: ["09:00-17:00"] for day in WEEK},
            },
        ]
        calendar = read_calendar({"versions": versions})

        asked = ("zendesk", f"{REPLY}.business", "105", ANSWERED)
        assert reason(*asked, calendar) == "last_schedule_only"
        assert reason(*asked, office("10:00-17:00")) == UNEXPLAINED

    def test_hours_read_by_the_clocks_of_another_zone(self) -> None:
        """9 to 17 in UTC is 18 to 2 in Tokyo: eight hours of the night of the 3rd lie between."""
        assert reason("zendesk", f"{REPLY}.business", "480", ANSWERED, office()) == "zone"

    def test_an_automatic_message_is_a_reply_there(self) -> None:
        told = life(
            ("3 10:00", "received"),
            ("3 10:05", "outbound", {"automatic": True}),
            ("3 12:00", "outbound"),
        )

        assert reason("zendesk", f"{REPLY}.calendar", "5", told) == "definition"
        assert reason("zendesk", "replies", "2", told) == "definition"
        assert reason("zendesk", "replies", "3", told) == UNEXPLAINED
        assert reason("zendesk", "replies", "1", told) is None

    def test_a_reply_of_which_there_is_no_step(self) -> None:
        silent = life(("3 10:00", "received"), ("3 12:00", "solved"))

        assert reason("zendesk", f"{REPLY}.calendar", "5", silent) == "missing_step"

    def test_waits_are_summed_and_rounded_piece_by_piece(self) -> None:
        """22 h 30 min of waiting; the source rounds every stretch of it."""
        name = "agent_wait_time_in_minutes.calendar"

        assert reason("zendesk", name, "1350", ANSWERED) is None
        assert reason("zendesk", name, "1351", ANSWERED) == "rounding_to_minutes"
        assert reason("zendesk", name, "1400", ANSWERED) == UNEXPLAINED

    def test_a_case_that_still_waits_had_another_sum_that_day(self) -> None:
        waiting = ANSWERED[:3]

        name = "agent_wait_time_in_minutes.calendar"
        assert reason("zendesk", name, "90", waiting) == "not_over"

    def test_a_reopening_the_ledger_does_not_hold_stays_unexplained(self) -> None:
        assert reason("zendesk", "reopens", "1", ANSWERED) == UNEXPLAINED
        assert reason("zendesk", "reopens", "0", ANSWERED) is None


class TestOtherSources:
    def test_zammad_counts_around_the_clock_where_no_calendar_applies(self) -> None:
        asked = ("zammad", "first_response_in_min", "1065", ANSWERED, office())
        assert reason(*asked) == "definition"

    def test_freshdesk_moments_that_are_off_by_the_offset_of_the_zone(self) -> None:
        ours = epoch_us(at("5 12:00:50"))
        nine = timedelta(hours=9) // timedelta(microseconds=1)

        assert reason("freshdesk", "stats.resolved_at", ours, ANSWERED) is None
        assert reason("freshdesk", "stats.resolved_at", ours + nine, ANSWERED) == "zone"
        eight = timedelta(hours=8) // timedelta(microseconds=1)
        assert reason("freshdesk", "stats.resolved_at", ours + eight, ANSWERED) == UNEXPLAINED

    def test_jira_verdicts_follow_from_its_own_time(self) -> None:
        """Our 105 min are over the goal of 100; by the source's 95 they are within."""
        name = "Time to first response"
        says = {
            f"{name}.breached": "false",
            f"{name}.goalDuration": "6000000",
            f"{name}.elapsedTime": "5700000",
        }
        verdict, elapsed = (
            FigureComparison(metric("jira", f"{name}.{field}"))
            for field in ("breached", "elapsedTime")
        )
        case = Evidence("7", ANSWERED, [sheet(says)], office())

        row, time = verdict.take(case), elapsed.take(case)

        assert row is not None
        assert time is not None
        assert (row.source_says, row.we_say, row.reason) == ("false", "true", "definition")
        assert time.reason == UNEXPLAINED


def log(*rows: tuple[int, str, str | None, int, int], order: tuple[int, ...] = ()) -> Evidence:
    """Tell a ServiceNow log: minute, state, group, reopen_count, reassignment_count."""
    from shinrai.importers.rules.derive.states import steps_between_states

    seen = [
        StoredRow(
            "states",
            "states",
            str(number),
            {
                "at": epoch_us(at(f"3 10:{minute:02d}")),
                "order": [order[number] if order else number],
                "role": "agent",
                "state": state,
                "says": {"reopen_count": str(reopened), "reassignment_count": str(handed)},
                "begins": {"kind": "received", "at": epoch_us(at("3 10:00")), "role": "agent"},
                "changes": [
                    {
                        "kind": "assigned",
                        "role": "agent",
                        "watch": [group],
                        "detail": {"group": group} if group else {},
                    }
                ],
            },
            {},
        )
        for number, (minute, state, group, reopened, handed) in enumerate(rows)
    ]
    derived, _ = steps_between_states(seen, [])
    steps = [
        Step(
            sequence=number,
            at=datetime.fromtimestamp(step.at_us / 1e6, UTC),
            recorded_at=at("3 12:00"),
            kind=step.kind,
            detail=step.detail,
        )
        for number, step in enumerate(sorted(derived, key=lambda s: (s.at_us, s.source_order)))
    ]
    return Evidence("7", steps, seen)


def row_of(name: str, case: Evidence) -> CaseDifference | None:
    return FigureComparison(metric("servicenow", name)).take(case)


class TestServiceNow:
    def test_a_group_emptied_and_filled_counts_twice_there_and_once_here(self) -> None:
        case = log((1, "open", "70", 0, 0), (2, "open", None, 0, 1), (3, "open", "24", 0, 2))

        row = row_of("reassignment_count", case)

        assert row is not None
        assert (row.source_says, row.we_say, row.reason) == (2, 1, "definition")
        assert [part.amount for part in row.because] == [1]
        assert "10:02" not in row.because[0].seen["en"]  # moments are written in UTC
        assert "01:02" in row.because[0].seen["en"]

    def test_a_counter_that_rises_within_one_group_names_the_rows(self) -> None:
        case = log((1, "open", "70", 0, 0), (2, "open", "70", 0, 1))

        row = row_of("reassignment_count", case)

        assert row is not None
        assert row.reason == "missing_step"

    def test_a_log_that_begins_in_the_middle(self) -> None:
        case = log((1, "open", "70", 2, 3), (2, "open", "24", 2, 4))

        for name in ("reopen_count", "reassignment_count"):
            row = row_of(name, case)
            assert row is not None
            assert row.reason == "missing_step"
            assert "first row" in row.because[0].seen["en"]

    def test_a_row_whose_number_runs_backwards_reopens_only_for_us(self) -> None:
        told = ((1, "open", "70", 0, 0), (2, "solved", "70", 0, 0), (3, "open", "70", 0, 0))

        backwards = row_of("reopen_count", log(*told, order=(1, 2, 1)))
        forwards = row_of("reopen_count", log(*told, order=(1, 2, 3)))

        assert backwards is not None
        assert forwards is not None
        assert (backwards.reason, forwards.reason) == ("row_order", UNEXPLAINED)

    def test_what_explains_only_a_part_explains_nothing(self) -> None:
        """The emptied group makes up one of the two; where the other comes from nobody sees."""
        case = log((1, "open", "70", 0, 0), (2, "open", None, 0, 1), (3, "open", None, 0, 1))
        grown = [*case.seen[:2], case.seen[2]._replace(facts={**case.seen[2].facts})]
        grown[2].facts["says"] = {"reassignment_count": "1"}
        two = Evidence("7", [*case.steps, *life(("3 11:00", "assigned", {"group": "9"}))], grown)

        row = row_of("reassignment_count", two)

        assert row is None or row.reason == UNEXPLAINED

    def test_the_verdict_is_told_and_not_compared(self) -> None:
        entry = FigureComparison(metric("servicenow", "made_sla"))

        row = entry.take(Evidence("7", ANSWERED, [sheet({"made_sla": "true"})]))

        assert row is None
        told = entry.as_json()
        assert (told["n"], told["equal"], told["differing"], told["not_comparable"]) == (1, 0, 0, 1)
        assert told["reasons"] == {"definition": 1}
        assert "targets" in told["why_not"]


class TestEverySource:
    @pytest.mark.parametrize("source", known_sources())
    def test_every_figure_says_what_it_is_in_both_languages(self, source: str) -> None:
        metrics = figures_of(source)

        assert len({found.name for found in metrics}) == len(metrics) > 0
        for found in metrics:
            for words in (found.definition, found.ours, found.why_not):
                assert words is None or (words["en"] and words["ja"] and words["en"] != words["ja"])

    @pytest.mark.parametrize("source", known_sources())
    def test_a_figure_that_fits_nothing_is_unexplained(self, source: str) -> None:
        """Off by three days and seventeen seconds: no reading of the case gives that."""
        told = [*ANSWERED, *life(("5 15:00", "closed"))]
        for found in figures_of(source):
            if found.why_not is not None or found.unit == "word":
                continue
            case = Evidence("7", told, [], office(), ("UTC", "Asia/Tokyo"))
            ours = found.we_say(case)
            if ours is None:
                continue
            off = int(ours) + 3 * 86_400 + 17
            wrong = SourceFigure(
                **{**found.__dict__, "says": lambda _, off=off: off},
            )

            row = FigureComparison(wrong).take(case)

            assert row is not None, found.name
            assert row.reason == UNEXPLAINED, found.name

    def test_a_source_nobody_declared_has_no_figures(self) -> None:
        assert figures_of("our-own-sheet") == ()

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
    def test_the_counts_add_up(self, told: list[tuple[int, int]]) -> None:
        entry = FigureComparison(metric("zendesk", "reopens"))
        for says, ours in told:
            steps = life(*[("3 10:00", "reopened")] * ours)
            entry.take(Evidence("7", steps, [sheet({"reopens": says})]))

        assert entry.n == entry.equal + entry.differing + entry.not_comparable == len(told)
        assert sum(entry.reasons.values()) == entry.differing == len(entry.rows) <= ROWS_KEPT
