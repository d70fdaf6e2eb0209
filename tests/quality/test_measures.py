"""Every measure on rows typed by hand, counted by hand: the people of ミチノート in June 2026."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.queries.past_summary import _count, counted_of
from shinrai.quality.rules.figures import plain
from shinrai.quality.rules.summary import figures_of, proactive_share, substance_of
from shinrai.units.moments import epoch_us
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from tests.quality.stories import june

HERE = 1
NOW = june(30)
DEFAULTS = {
    "workspace_id": HERE,
    "source": "desk",
    "mode": "via_cs",
    "phase": "open",
    "steps_count": 1,
    "channel": "mail",
    "calendar": "c",
    "revision": 1,
    "gone": False,
}


def row(table, number, **given):
    """Make one row; columns not named are null, 0, False or empty as the contract allows."""
    blank = {"int": 0, "string": "", "bool": False, "date": date(2026, 6, 1)}
    made = {c.name: None if c.null_means else blank[c.type] for c in table.stored}
    made |= {name: value for name, value in DEFAULTS.items() if name in made}
    made |= {"case_id": number, "case_key": f"T-{number}"}
    for name, value in given.items():
        made[name] = epoch_us(value) if isinstance(value, datetime) else value
    return made


def asked(number, at, **given):
    """Make an inquiry that counts from the moment it came, in a desk that is always open."""
    ends = june(at.day) + timedelta(days=1)
    base = {
        "received_us": at,
        "received_on": at.date(),
        "received_day_ends_us": ends,
        "effective_us": at,
        "effective_on": at.date(),
        "effective_day_ends_us": ends,
        "due_next_day_us": ends + timedelta(days=1),
        "inbound_every_count": 1,
    }
    if reply := given.pop("reply", None):
        wait = int((reply - at).total_seconds())
        base |= {"first_reply_us": reply, "first_reply_s": wait, "first_reply_open_s": wait}
        base |= {"first_outbound_s": wait, "outbound_count": 1, "outbound_every_count": 1}
        base |= {"runs_count": 1, "runs_every_count": 1}
    if solved := given.pop("solved", None):
        base |= {"first_solved_us": solved, "last_solved_us": solved, "solved_count": 1}
        base |= {"phase": "solved"}
    return row(INQUIRIES, number, **base | given)


@pytest.fixture
def figures(tmp_path):
    """Publish rows and give the figures of one mode, as a document."""

    def answer(inquiries=(), investigations=(), mode=None, at=NOW, since=None, until=None):
        found = counted_rows(tmp_path, inquiries, investigations, mode, at, since, until)
        return plain(figures_of(found)) | {
            "proactive": plain(proactive_share(found)),
            "substance": plain(substance_of(found)),
        }

    return answer


def counted_rows(folder, inquiries, investigations=(), mode=None, at=NOW, since=None, until=None):
    warehouse = Warehouse(str(folder / "warehouse"))
    for table, rows in ((INQUIRIES, inquiries), (INVESTIGATIONS, investigations)):
        columns = {c.name: [one[c.name] for one in rows] for c in table.stored}
        append_rows(warehouse, table, [table.batch(columns)], app="q", since=None, upto=1, at=NOW)
    found, _ = _count(warehouse, HERE, at, since, until, mode)
    return counted_of(found)


class TestFirstReply:
    def test_inoue_waits_one_hour_and_ueda_three(self, figures):
        found = figures(
            [
                asked(1, june(1, 9), reply=june(1, 10)),
                asked(2, june(1, 9), reply=june(1, 12)),
                asked(3, june(1, 9)),
            ]
        )["first_reply"]

        assert (found["count"], found["of"]) == (2, 3)
        assert (found["median_s"], found["median_business_s"]) == (7200, 7200)

    def test_solved_without_a_word_needed_no_reply(self, figures):
        found = figures([asked(1, june(1, 9), solved=june(1, 10)), asked(2, june(1, 9))])

        assert found["first_reply"]["no_reply_needed"] == 1
        assert (found["same_day"]["count"], found["same_day"]["of"]) == (0, 1)

    def test_is_unknown_where_the_source_has_no_messages(self, figures):
        found = figures([asked(1, june(1, 9), inbound_every_count=0)])

        assert found["first_reply"]["unknown"] == "no messages in the source"
        assert found["one_reply"]["unknown"] == "no messages in the source"

    def test_a_source_without_messages_does_not_thin_out_one_that_has_them(self, figures):
        silent = asked(2, june(1, 9), source="log", inbound_every_count=0)

        found = figures([asked(1, june(1, 9), reply=june(1, 10)), silent])

        assert found["first_reply"]["of"] == 1

    def test_cases_we_opened_have_none(self, figures):
        found = figures([asked(1, june(1, 9), mode="proactive")])

        assert "opened by us" in found["first_reply"]["unknown"]

    def test_a_doubtful_moment_is_counted_and_not_averaged(self, figures):
        found = figures(
            [
                asked(1, june(1, 9), reply=june(1, 10)),
                asked(
                    2,
                    june(1, 9),
                    reply=june(5, 9),
                    received_doubt="zone_jump",
                    any_doubt="zone_jump",
                ),
            ]
        )

        reply = found["first_reply"]
        assert (reply["count"], reply["measured"], reply["in_doubt"]) == (2, 1, 1)
        assert reply["median_s"] == 3600
        assert found["same_day"]["of"] == 1
        assert found["flagged"]["by_doubt"] == {"zone_jump": 1}

    def test_a_clock_off_at_both_ends_keeps_what_lies_between(self, figures):
        """Only where no opening hours are cut out of it, and never in business time."""
        wrong = {"received_doubt": "zone_jump", "reply_doubt": "zone_jump"}
        always = asked(1, june(1, 9), reply=june(1, 10), calendar="around_the_clock", **wrong)
        office = asked(2, june(1, 9), reply=june(1, 10), **wrong)

        found = figures([always, office])["first_reply"]

        assert (found["measured"], found["in_doubt"]) == (1, 1)
        assert found["median_s"] == 3600
        assert found["median_business_s"] is None


class TestDays:
    def test_the_day_of_receipt_ends_at_midnight(self, figures):
        found = figures(
            [
                asked(1, june(1, 9), reply=june(1, 23, 59)),
                asked(2, june(1, 9), reply=june(2)),
                asked(3, june(1, 9)),
            ]
        )["same_day"]

        assert (found["count"], found["of"]) == (1, 3)

    def test_a_saturday_mail_answered_on_monday_is_same_day_by_its_effective_date(self, figures):
        weekend = asked(1, june(6, 15), reply=june(8, 11)) | {
            "effective_us": epoch_us(june(8, 10)),
            "effective_day_ends_us": epoch_us(june(9)),
        }

        found = figures([weekend])["same_day"]

        assert found["count"] == 1
        assert found["by_date_received"]["count"] == 0

    def test_today_is_not_judged_before_it_is_over(self, figures):
        found = figures([asked(1, june(29, 9), reply=june(29, 10))], at=june(29, 12))

        assert "unknown" in found["same_day"]

    def test_the_next_day_is_kept_at_the_very_close(self, figures):
        due = june(3)
        found = figures(
            [
                asked(1, june(1, 9), reply=due),
                asked(2, june(1, 9), reply=due + timedelta(seconds=1)),
                asked(3, june(1, 9), solved=june(2)),
                asked(4, june(1, 9), solved=june(4)),
                asked(5, june(1, 9), cancelled_us=june(10), cancelled_for="spam"),
            ]
        )["next_business_day"]

        assert (found["count"], found["of"]) == (1, 3)


class TestRoundTrips:
    def test_of_solved_ones_with_an_answered_run(self, figures):
        solved = {"reply": june(1, 10), "solved": june(2)}
        found = figures(
            [
                asked(1, june(1, 9), **solved),
                asked(2, june(1, 9), **solved, runs_count=3),
                asked(3, june(1, 9), solved=june(2)),
                asked(4, june(1, 9), reply=june(1, 10), unanswered_count=1),
            ]
        )["round_trips"]

        assert (found["of"], found["mean"], found["median"]) == (2, 2.0, 2.0)
        assert (found["one"]["count"], found["unanswered_runs"]) == (1, 1)
        assert found["runs"] == {"0": 1, "1": 2, "3": 1}
        assert found["tail"] == [{"case": "T-2", "runs": 3}]

    def test_runs_are_told_even_where_nothing_is_solved(self, figures):
        found = figures([asked(1, june(1, 9), reply=june(1, 10))])["round_trips"]

        assert "nothing was solved" in found["unknown"]
        assert found["runs"] == {"1": 1}


class TestAfterTheSolution:
    def test_fourteen_days_to_the_microsecond(self, figures):
        limit = june(1, 12) + timedelta(days=14)
        solved = {"reply": june(1, 10), "solved": june(1, 12)}
        found = figures(
            [
                asked(1, june(1, 9), **solved, returned_us=limit),
                asked(2, june(1, 9), **solved, returned_us=limit + timedelta(microseconds=1)),
                asked(3, june(1, 9), **solved),
                asked(4, june(20, 9), solved=june(20, 12)),
            ]
        )

        assert (found["reopened_14"]["count"], found["reopened_14"]["of"]) == (1, 3)
        assert found["reopened_14"]["too_recent"] == 1
        assert found["reopened_later"]["count"] == 1
        assert (found["one_reply"]["count"], found["one_reply"]["of"]) == (2, 3)

    def test_a_follow_up_named_by_the_source_is_a_reopening(self, figures):
        found = figures(
            [
                asked(1, june(1, 9), solved=june(2)),
                asked(2, june(5), follow_up_of="T-1"),
                asked(3, june(5), follow_up_of="T-1", source="another desk"),
            ]
        )

        assert found["reopened_14"]["count"] == 1

    def test_only_what_is_due_to_be_known_is_said(self, figures):
        found = figures([asked(1, june(20), solved=june(21), customer_id=7)])

        assert "14 days" in found["reopened_14"]["unknown"]
        assert "14 days" in found["truly_solved"]["unknown"]

    def test_ueda_asks_again_within_two_weeks_and_inoue_does_not(self, figures):
        found = figures(
            [
                asked(1, june(1), solved=june(2), customer_id=7),
                asked(2, june(10), customer_id=7),
                asked(3, june(1), solved=june(2), customer_id=8),
                asked(4, june(25), customer_id=8),
                asked(5, june(3), solved=june(3, 2)),
            ]
        )

        assert found["repeat_contact"]["unknown"] == "no topics have been labelled"
        again = found["repeat_contact"]["any_topic"]
        assert (again["count"], again["of"]) == (1, 2)
        assert (found["truly_solved"]["count"], found["truly_solved"]["of"]) == (1, 2)
        assert found["truly_solved"]["bound"] == "any_topic"

    def test_a_matter_that_came_with_the_solution_is_not_after_it(self, figures):
        found = figures(
            [
                asked(1, june(1), solved=june(2), customer_id=7),
                asked(2, june(2), customer_id=7),
                asked(3, june(3), customer_id=7, cancelled_us=june(4), cancelled_for="spam"),
            ]
        )

        assert found["repeat_contact"]["any_topic"]["count"] == 0

    def test_without_customers_nobody_can_come_again(self, figures):
        found = figures([asked(1, june(1), solved=june(2))])

        assert found["repeat_contact"]["unknown"] == "no customer in the source"
        assert found["truly_solved"]["unknown"] == "no customer in the source"

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 30), st.none() | st.integers(0, 25)),
            min_size=1,
            max_size=25,
        )
    )
    def test_the_line_of_receipts_finds_what_pairs_would(self, tmp_path_factory, lives):
        """Customer, day of receipt, days until solved: looked at pair by pair, as defined."""
        start, at = june(1), june(1) + timedelta(days=90)
        days = [
            (who, start + timedelta(days=day), None if took is None else took + day)
            for who, day, took in lives
        ]
        rows = [
            row(
                INQUIRIES,
                number,
                received_us=received,
                received_on=received.date(),
                customer_id=who,
                first_solved_us=None if solved is None else start + timedelta(days=solved),
            )
            for number, (who, received, solved) in enumerate(days)
        ]
        expected = sum(
            any(
                other == who and timedelta() < came - (start + timedelta(days=solved)) <= FORTNIGHT
                for other, came, _ in days
            )
            for who, _, solved in days
            if solved is not None
        )

        found = counted_rows(tmp_path_factory.mktemp("line"), rows, at=at)

        assert sum(one["repeated"] for one in found.repeats) == expected


FORTNIGHT = timedelta(days=14)


class TestHolding:
    def test_cre_answered_alone_what_went_no_higher_not_even_to_ask(self, figures):
        held = {"held_tiers": 0b110, "highest_tier": 2, "reply": june(1, 10)}
        found = figures(
            [
                asked(1, june(1, 9), **held),
                asked(2, june(1, 9), **held, consulted_tier=3),
                asked(3, june(1, 9), **held | {"held_tiers": 0b1110, "highest_tier": 3}),
                asked(4, june(1, 9), held_tiers=0b10, highest_tier=1, reply=june(1, 10)),
                asked(5, june(1, 9), held_tiers=0b110, highest_tier=2),
            ]
        )

        assert found["highest_tier"] == {"1": 1, "2": 3, "3": 1}
        mine = found["self_resolved"]
        assert (mine["tier"], mine["count"], mine["of"]) == (2, 1, 3)
        assert (mine["by_tier"]["1"]["count"], mine["by_tier"]["1"]["of"]) == (1, 4)

    def test_a_tier_that_was_skipped_is_not_asked(self, figures):
        found = figures([asked(1, june(1), held_tiers=0b1010, highest_tier=3, reply=june(1, 9))])

        assert "unknown" in found["self_resolved"]
        assert found["self_resolved"]["by_tier"]["3"]["count"] == 1

    def test_handovers_and_returns(self, figures):
        found = figures(
            [
                asked(1, june(1), handovers_count=0, group_returns_count=0),
                asked(2, june(1), handovers_count=3, group_returns_count=1),
                asked(3, june(1)),
            ]
        )["handovers"]

        assert (found["of"], found["none"], found["max"], found["mean"]) == (2, 1, 3, 1.5)
        assert found["returns"]["count"] == 1

    def test_waits_by_whom(self, figures):
        found = figures(
            [
                asked(1, june(1), waits_customer_count=2, waits_problem_count=1),
                asked(2, june(1)),
            ]
        )["waited"]

        assert (found["count"], found["of"]) == (1, 2)
        assert found["on"] == {"customer": 1, "third_party": 0, "problem": 1, "unsure": 0}

    def test_what_no_source_tells_is_unknown(self, figures):
        found = figures([asked(1, june(1))])

        reasons = {key: found[key]["unknown"] for key in ("highest_tier", "handovers", "waited")}
        assert reasons == {
            "highest_tier": "no tiers in the source",
            "handovers": "no groups in the source",
            "waited": "no waits in the source",
        }


class TestInvestigations:
    def test_sent_back_by_missing_fact_and_answers_that_did_not_hold(self, figures):
        given = {"filed_us": june(1), "filed_on": date(2026, 6, 1)}
        answered = given | {"answered_us": june(2)}
        found = figures(
            investigations=[
                row(INVESTIGATIONS, 1, **given, sent_back_count=2, missing_facts=0b00110),
                row(INVESTIGATIONS, 2, **answered, wrong_us=june(5)),
                row(INVESTIGATIONS, 3, **answered),
            ]
        )

        assert (found["sent_back"]["count"], found["sent_back"]["of"]) == (1, 3)
        assert found["sent_back"]["missing"] == {
            **{"identity": 0, "device": 1, "evidence": 1},
            **{"moment": 0, "other": 0},
        }
        assert (found["correctness"]["count"], found["correctness"]["of"]) == (1, 2)


class TestWhatIsCounted:
    def test_dates_are_those_of_receipt_both_included(self, figures):
        rows = [asked(day, june(day, 12)) for day in (1, 2, 3, 4)]

        found = figures(rows, since=date(2026, 6, 2), until=date(2026, 6, 3))

        assert found["flagged"]["of"] == 2

    def test_what_comes_after_the_moment_is_not_there(self, figures):
        assert figures([asked(1, june(20))], at=june(10))["flagged"]["of"] == 0

    def test_cancelled_ones_are_counted_and_left_out(self, figures):
        rows = [
            asked(1, june(1), solved=june(2)),
            asked(2, june(1), cancelled_us=june(2), cancelled_for="duplicate"),
        ]

        found = figures(rows)["solved"]

        assert (found["count"], found["of"], found["cancelled"]) == (1, 1, 1)

    def test_the_proactive_share_is_about_all(self, figures):
        found = figures([asked(1, june(1)), asked(2, june(1), mode="proactive")])

        assert (found["proactive"]["count"], found["proactive"]["of"]) == (1, 2)

    def test_the_rule_of_substance_tells_how_often_it_hit(self, figures):
        rows = [asked(1, june(1), judged_count=8, thanks_count=2, substance_rule=1)]

        found = figures(rows)["substance"]

        assert (found["version"], found["count"], found["of"]) == (1, 2, 8)
