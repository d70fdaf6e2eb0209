"""The counts behind every figure, computed in one pass over the inquiries."""

from collections.abc import Sequence
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of

GRAIN = ("mode", "source")


def counted(found: Any, *, at: Moment, by: Sequence[str] = ()) -> Any:
    """Count what shares are divided from, by mode and source.

    Input:  measures.population.population
    Shape:  one row per (mode, source) and value of the columns in `by`; sources are kept apart
            because some lack messages, groups or customers and are then left out of a sum.
    Unit:   inquiries, except for steps, messages and seconds worked.
    """
    wanted = every_count(found, at=at)
    return found.group_by(*by, *GRAIN).aggregate(
        **{name: value.sum() for name, value in wanted.items()}
    )


def rules(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Count inquiries by the version of the rule that judged whether their messages have substance.

    Shape:  one row per (mode, rule) and value of the columns in `by`.
    """
    judged = found.filter(found.substance_rule.notnull())
    return judged.group_by(*by, "mode", rule=judged.substance_rule).aggregate(count=judged.count())


def every_count(found: Any, *, at: Moment) -> dict[str, Any]:
    """Return, for every count, what an inquiry adds to it: a condition or a number."""
    return {**sizes(found), **replies(found, at=at), **solutions(found), **doubts(found)}


def sizes(found: Any) -> dict[str, Any]:
    """Return the counts of how many inquiries there are, and of those with each kind of data."""
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
    """Return the counts of replies: how many inquiries were answered, and how many in time.

    An inquiry is judged for the next business day (`next_day_of`) if that day's close has passed,
    there is no doubt about the moments, and it was not opened by us, not spam, not cancelled by the
    due moment, and not solved without a reply by the due moment. It is judged for a day (`day_of`,
    `received_day_of`) once the day has passed, if not cancelled and not solved without a reply.
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
    """Return the counts of solutions: how many were solved, and whether the customer came back.

    Coming back is judged once 14 days have passed since the first solution (`settled`).
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
    """Return quantiles of the wait for any first message, doubtful moments included.

    Shape:  one row per mode: median_s, p75_s, p90_s.
    Unit:   seconds from receipt to the first message, of substance or not: to compare with figures
            of other tools, which exclude nothing.
    """
    told = found.filter(is_told(found))
    points = {"median": 0.5, "p75": 0.75, "p90": 0.9}
    return told.group_by("mode").aggregate(
        **{f"{name}_s": told.first_outbound_s.quantile(q) for name, q in points.items()}
    )


def is_told(found: Any) -> Any:
    """Return a condition: the inquiry counts in `plain_waiting_times`."""
    return found.counts & found.answers & found.first_outbound_s.notnull()


def doubts(found: Any) -> dict[str, Any]:
    """Return the counts of inquiries with a doubt, and of each kind of doubt."""
    return {
        "flagged": found.any_doubt.notnull() | found.solved_twice | found.out_of_order,
        "doubted": found.any_doubt.notnull(),
        "order_doubt": found.order_doubt,
        "solved_twice": found.solved_twice,
        "out_of_order": found.out_of_order,
    }


def waiting_times(found: Any) -> Any:
    """Return quantiles of the wait for a first reply.

    Shape:  one row per mode: median, 75th and 90th percentile of each kind of time.
    Unit:   seconds; calendar time since the effective moment, and business time.
    Business time needs two moments without doubt. So does calendar time, except for a desk without
    hours whose clock was wrong by the same at both moments: their difference is right.
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
    """Return a condition: the inquiry counts in `waiting_times`."""
    return found.counts & found.answers & found.replied & found.sound_wait
