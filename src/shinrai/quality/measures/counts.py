"""The counts behind every figure, in one pass over the inquiries."""

from collections.abc import Sequence
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of

GRAIN = ("mode", "source")


def counted(found: Any, *, at: Moment, by: Sequence[str] = ()) -> Any:
    """Count what shares are made of, by mode and source.

    Input:  measures.population.population
    Shape:  one row per (mode, source) and value of the columns in `by`; sources differ in what they
            tell, so they are added up only where they tell it.
    Unit:   inquiries, except for steps, messages and seconds worked.
    """
    wanted = every_count(found, at=at)
    return found.group_by(*by, *GRAIN).aggregate(
        **{name: value.sum() for name, value in wanted.items()}
    )


def rules(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Count inquiries by the version of the rule of substance that judged their messages.

    Shape:  one row per (mode, rule) and value of the columns in `by`.
    """
    judged = found.filter(found.substance_rule.notnull())
    return judged.group_by(*by, "mode", rule=judged.substance_rule).aggregate(count=judged.count())


def every_count(found: Any, *, at: Moment) -> dict[str, Any]:
    """Say of each inquiry what it adds to every count: a condition, or a number."""
    return {**sizes(found), **replies(found, at=at), **solutions(found), **doubts(found)}


def sizes(found: Any) -> dict[str, Any]:
    """How much there is, and what the source tells at all."""
    is_open = found.phase.isin(["open", "waiting"])
    waits = (
        found.waits_customer_count
        + found.waits_third_party_count
        + found.waits_problem_count
        + found.waits_unsure_count
    )
    return {
        "inquiries": found.counts | ~found.counts,
        "steps": found.steps_count,
        "counts": found.counts,
        "open": is_open,
        "cancelled": ~found.counts,
        "messages": found.inbound_every_count + found.outbound_every_count,
        "judged": found.judged_count,
        "thanks": found.thanks_count,
        "overridden": found.overridden_count,
        "with_topic": found.counts & found.topic.notnull(),
        "with_tier": found.highest_tier.notnull(),
        "with_group": found.handovers_count.notnull(),
        "with_customer": found.customer_id.notnull(),
        "with_account": found.account.notnull(),
        "worked_s": found.worked_s,
        "waited": found.counts & (waits > 0),
        "waited_customer": found.counts & (found.waits_customer_count > 0),
        "waited_third_party": found.counts & (found.waits_third_party_count > 0),
        "waited_problem": found.counts & (found.waits_problem_count > 0),
        "waited_unsure": found.counts & (found.waits_unsure_count > 0),
    }


def replies(found: Any, *, at: Moment) -> dict[str, Any]:
    """How many were answered, and how many in time.

    A day is judged once it has passed. Solved without an answer needed none and is left out of
    days; the clock of the next business day it ends only if it was solved before it was due.
    """
    now = moment_of(found, at)
    asked = found.counts & found.answers
    sound = found.received_doubt.isnull() & (~found.replied | found.reply_doubt.isnull())
    day = asked & sound & ~found.no_reply_needed & (found.effective_day_ends_us <= now)
    day_received = asked & sound & ~found.no_reply_needed & (found.received_day_ends_us <= now)
    due = found.due_next_day_us
    ended = ~found.replied & found.is_solved & (found.first_solved_us <= due)
    void = (found.cancelled_for == "spam").fill_null(False) | (
        ~found.counts & (found.cancelled_us <= due)
    )
    judged = found.answers & sound & (due <= now) & ~ended & ~void
    in_day = found.first_reply_us < found.effective_day_ends_us
    return {
        "asked": asked,
        "answered": asked & found.replied,
        "answered_every": asked & (found.runs_every_count > 0),
        "reply_in_doubt": asked & found.replied & ~found.sound_wait,
        "no_reply_needed": found.no_reply_needed,
        "day_of": day.fill_null(False),
        "day_count": (day & found.replied & in_day).fill_null(False),
        "received_day_of": day_received.fill_null(False),
        "received_day_count": (
            day_received & found.replied & (found.first_reply_us < found.received_day_ends_us)
        ).fill_null(False),
        "next_day_of": judged.fill_null(False),
        "next_day_count": (judged & found.replied & (found.first_reply_us <= due)).fill_null(False),
    }


def solutions(found: Any) -> dict[str, Any]:
    """How many were solved, and whether that held.

    Whether it held is judged once 14 days have passed since the first solution.
    """
    solved = found.counts & found.is_solved
    return {
        "solved": solved,
        "solved_more": found.counts & (found.solved_count > 1),
        "settled": found.settled,
        "unsettled": solved & ~found.settled & found.solved_doubt.isnull(),
        "solved_in_doubt": solved & found.solved_doubt.notnull(),
        "came_back": found.settled & found.came_back,
        "came_later": found.settled & ~found.came_back & found.came_later,
        "one_reply": found.settled & ~found.came_back & (found.outbound_count == 1),
    }


def plain_waiting_times(found: Any) -> Any:
    """Give the middle and the tail of the wait for any message, flagged ones included.

    Shape:  one row per mode.
    Unit:   seconds from receipt to the first message, whatever it says and however odd its moment:
            for setting beside counts of others, who know no doubts.
    """
    told = found.filter(is_told(found))
    points = {"median": 0.5, "p75": 0.75, "p90": 0.9}
    return told.group_by("mode").aggregate(
        **{f"{name}_s": told.first_outbound_s.quantile(q) for name, q in points.items()}
    )


def is_told(found: Any) -> Any:
    """Tell which inquiries the times of `plain_waiting_times` are of."""
    return found.counts & found.answers & found.first_outbound_s.notnull()


def doubts(found: Any) -> dict[str, Any]:
    """How many inquiries carry a doubt, and of which sort."""
    return {
        "flagged": found.any_doubt.notnull() | found.solved_twice | found.out_of_order,
        "doubted": found.any_doubt.notnull(),
        "order_doubt": found.order_doubt,
        "solved_twice": found.solved_twice,
        "out_of_order": found.out_of_order,
    }


def waiting_times(found: Any) -> Any:
    """Give the middle and the tail of first replies.

    Shape:  one row per mode.
    Unit:   seconds; calendar time since the effective moment, and business time.
    Business time needs both moments to be sound. So does calendar time, but for a desk without
    hours whose clock was off by the same at both ends: then what lies between them stands.
    """
    measured = found.filter(is_measured(found))
    sound = measured.sound_reply
    points = {"median": 0.5, "p75": 0.75, "p90": 0.9}
    plain = {f"{name}_s": measured.first_reply_s.quantile(q) for name, q in points.items()}
    apart = {
        f"sound_{name}_s": measured.first_reply_s.quantile(q, where=sound)
        for name, q in points.items()
    }
    business = {
        f"{name}_business_s": measured.first_reply_open_s.quantile(q, where=sound)
        for name, q in points.items()
    }
    return measured.group_by("mode").aggregate(
        measured=measured.count(), sound_measured=sound.sum(), **plain, **business, **apart
    )


def is_measured(found: Any) -> Any:
    """Tell which inquiries the times of `waiting_times` are of."""
    return found.counts & found.answers & found.replied & found.sound_wait
