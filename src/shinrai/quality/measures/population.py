"""The inquiries a figure is about, with the conditions that every count needs."""

from datetime import date, datetime
from typing import Any

from shinrai.units.moments import as_us

# Published for drill-down and for whoever asks later; no count here reads them.
UNASKED = ("channel", "effective_on", "last_solved_us", "late_return_us", "inbound_count")
Moment = datetime | str | Any  # Any: what stands for one in an expression
AROUND_THE_CLOCK = "around_the_clock"
OFF_CLOCK = "zone_jump"
SOON_US = 14 * 24 * 3600 * 1_000_000  # 14 x 24 h, whatever the clocks did


def moment_of(rows: Any, at: Moment) -> Any:
    """Return the moment as an expression: from a moment, a parameter, or the named column."""
    return rows[at] if isinstance(at, str) else as_us(at)


def population(
    inquiries: Any,
    *,
    at: Moment,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
) -> Any:
    """Keep the inquiries received by a moment and between two dates, both included.

    Input:  quality.facts.INQUIRIES
    Shape:  the inquiries, with more columns: conditions such as `counts`, `settled`, `came_back`.
    Cancelled ones (spam, duplicate, merged, mistake) are kept; figures leave them out by `counts`.
    """
    import ibis

    found = inquiries.filter(inquiries.received_us <= moment_of(inquiries, at))
    if since is not None:
        found = found.filter(found.received_on >= since)
    if until is not None:
        found = found.filter(found.received_on <= until)
    if mode is not None:
        found = found.filter(found["mode"] == mode)
    found = _with_follow_ups(found, inquiries)
    now = moment_of(found, at)
    solved = found.first_solved_us.notnull()
    found = found.mutate(
        counts=found.cancelled_us.isnull(),
        answers=(found["mode"] != "proactive"),
        replied=found.first_reply_us.notnull(),
        is_solved=solved,
        settled=solved & (found.first_solved_us + SOON_US <= now) & found.solved_doubt.isnull(),
        came_back=found.back_us.notnull() & (found.back_us <= found.first_solved_us + SOON_US),
        came_later=found.back_us.notnull() & (found.back_us > found.first_solved_us + SOON_US),
        sound_reply=found.received_doubt.isnull() & found.reply_doubt.isnull(),
        same_clock=(found.calendar == AROUND_THE_CLOCK)
        & (found.received_doubt == OFF_CLOCK).fill_null(False)
        & (found.reply_doubt == OFF_CLOCK).fill_null(False),
        peak_tier=ibis.greatest(found.highest_tier, found.consulted_tier.coalesce(0)),
    )
    return found.mutate(
        no_reply_needed=found.counts & found.answers & ~found.replied & found.is_solved,
        settled=found.settled & found.counts,
        sound_wait=found.sound_reply | found.same_clock,
    )


def _with_follow_ups(found: Any, inquiries: Any) -> Any:
    """Add `back_us`: when the customer first came back, also by an inquiry following this up."""
    import ibis

    named = inquiries.filter(inquiries.follow_up_of.notnull())
    followed = named.group_by(
        followed_source=named.source, followed_key=named.follow_up_of
    ).aggregate(followed_us=named.received_us.min())
    joined = found.left_join(
        followed,
        [found.source == followed.followed_source, found.case_key == followed.followed_key],
    )
    after = ibis.ifelse(
        joined.followed_us > joined.first_solved_us, joined.followed_us, ibis.null("int64")
    )
    return joined.mutate(back_us=ibis.least(joined.returned_us, after)).drop(
        "followed_source", "followed_key", "followed_us"
    )


def current(inquiries: Any) -> Any:
    """Drop the columns that no count reads, so that the rows can be kept in memory.

    Input:  quality.facts.INQUIRIES
    """
    return inquiries.drop(*UNASKED)
