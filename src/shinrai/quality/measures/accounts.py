"""Which accounts have an open matter, and since when none of ours has touched them."""

from typing import Any

from shinrai.quality.measures.population import Moment, moment_of
from shinrai.quality.rules.touches import SILENCE

SILENCE_US = SILENCE // SILENCE.resolution
MOST = 10  # accounts that a figure names


def accounts(found: Any, inquiries: Any, *, at: Moment) -> Any:
    """Say of every account that asked what is open of it, and since when it is silent.

    Input:  measures.population.population, and all inquiries of the workspace.
    Shape:  one row per (mode, source, account): how many of its inquiries are `open`, the oldest of
            these, seconds worked, `silent_us`, and whether it is `neglected`.
    What is open, and what was worked, is of the inquiries asked about. A touch counts in whichever
    of the account's inquiries it was, whatever way and whenever that came: who was written to
    yesterday is not neglected. An account never touched is silent since it first wrote.
    """
    import ibis

    mine = found.filter(found.account.notnull())
    is_open = mine.counts & mine.phase.isin(["open", "waiting"])
    asked = mine.group_by("mode", "source", "account").aggregate(
        open=is_open.sum(),
        oldest_us=mine.received_us.min(where=is_open),
        spent_s=mine.worked_s.sum(),
    )
    known = inquiries.filter(
        inquiries.account.notnull() & (inquiries.received_us <= moment_of(inquiries, at))
    )
    touched = known.group_by(known_source=known.source, known_account=known.account).aggregate(
        since_us=known.received_us.min(), touched_us=known.touched_us.max()
    )
    joined = asked.join(
        touched,
        [asked.source == touched.known_source, asked.account == touched.known_account],
    )
    silent_us = ibis.greatest(joined.since_us, joined.touched_us.coalesce(joined.since_us))
    has_open, enough = joined.open > 0, moment_of(joined, at) - SILENCE_US
    return joined.mutate(
        silent_us=silent_us,
        neglected=has_open & (silent_us <= enough),
        long_open=has_open & (silent_us <= enough) & (joined.oldest_us <= enough),
    ).drop("known_source", "known_account", "since_us")


def account_counts(every: Any) -> Any:
    """Count accounts by mode.

    Input:  `accounts`
    Shape:  one row per mode: accounts, those with an open matter, those of them neglected, those of
            these whose oldest open matter is as old, and the seconds worked for all of them.
    """
    return every.group_by("mode").aggregate(
        accounts=every.count(),
        open=(every.open > 0).sum(),
        neglected=every.neglected.sum(),
        long_open=every.long_open.sum(),
        spent_s=every.spent_s.sum(),
    )


def top_accounts(every: Any) -> Any:
    """Find the account of each mode on which most was worked; none where nothing was.

    Shape:  one row per mode: source, account, spent_s.
    """
    import ibis

    order = [every.spent_s.desc(), every.source, every.account]
    place = ibis.row_number().over(group_by="mode", order_by=order)
    first = every.mutate(place=place)
    first = first.filter((first.place == 0) & (first.spent_s > 0))
    return first.select("mode", "source", "account", "spent_s")


def longest_silent(every: Any, *, most: int = MOST) -> Any:
    """List the neglected accounts of each mode, those silent longest first.

    Shape:  one row per account, at most `most` per mode.
    """
    import ibis

    some = every.filter(every.neglected)
    order = [some.silent_us, some.source, some.account]
    some = some.mutate(place=ibis.row_number().over(group_by="mode", order_by=order))
    some = some.filter(some.place < most)
    return some.select("mode", "source", "account", "open", "silent_us", "place")
