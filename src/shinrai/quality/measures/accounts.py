"""Which accounts have an open matter, and since when none of ours has touched them."""

from collections.abc import Sequence
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of
from shinrai.quality.rules.neglected import SILENCE

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
    asked = worked(found).join(open_matters(found), ["mode", "source", "account"], how="left")
    asked = asked.select("mode", "source", "account", "open", "spent_s", "oldest_us")
    touched = first_and_last_touch(inquiries, at=at).rename(
        known_source="source", known_account="account"
    )
    joined = asked.join(
        touched,
        [asked.source == touched.known_source, asked.account == touched.known_account],
    )
    neglected = (joined.open > 0) & (joined.silent_us <= moment_of(joined, at) - SILENCE_US)
    long_open = neglected & (joined.oldest_us <= moment_of(joined, at) - SILENCE_US)
    return joined.mutate(neglected=neglected, long_open=long_open.fill_null(False)).drop(
        "known_source", "known_account"
    )


def worked(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Add up of each account how many of its inquiries are open, and the seconds worked on all.

    Shape:  one row per (mode, source, account) and value of the columns in `by`.
    """
    mine = found.filter(found.account.notnull())
    return mine.group_by(*by, "mode", "source", "account").aggregate(
        open=is_open(mine).sum(), spent_s=mine.worked_s.sum()
    )


def open_matters(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Find when the oldest open inquiry of each account arrived.

    Shape:  one row per (mode, source, account) with any, and value of the columns in `by`.
    """
    mine = found.filter(found.account.notnull() & is_open(found))
    return mine.group_by(*by, "mode", "source", "account").aggregate(
        oldest_us=mine.received_us.min()
    )


def is_open(found: Any) -> Any:
    """Tell which inquiries are open matters."""
    return found.counts & found.phase.isin(["open", "waiting"])


def first_and_last_touch(inquiries: Any, *, at: Moment) -> Any:
    """Say since when each account is silent: its last touch, else the first time it wrote.

    Shape:  one row per (source, account): silent_us.
    """
    import ibis

    known = inquiries.filter(
        inquiries.account.notnull() & (inquiries.received_us <= moment_of(inquiries, at))
    )
    touched = known.group_by("source", "account").aggregate(
        since_us=known.received_us.min(), touched_us=known.touched_us.max()
    )
    silent_us = ibis.greatest(touched.since_us, touched.touched_us.coalesce(touched.since_us))
    return touched.select("source", "account", silent_us=silent_us)


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
