"""Accounts with an open inquiry, and since when nobody of ours has reached them."""

from collections.abc import Sequence
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of
from shinrai.quality.rules.neglected import SILENCE

SILENCE_US = SILENCE // SILENCE.resolution
MOST = 10  # accounts that a figure names


def accounts(found: Any, inquiries: Any, *, at: Moment) -> Any:
    """Give each account that asked its open inquiries, and since when nobody has reached it.

    Input:  measures.population.population, and all inquiries of the workspace.
    Shape:  one row per (mode, source, account): `open` (how many), `oldest_us` (receipt of the
            oldest), `spent_s` (seconds worked), `silent_us`, `neglected` and `long_open`.
    `open` and `spent_s` are of the inquiries asked about. A touch (a person of ours reached the
    customer) counts in any inquiry of the account, of any mode and date. An account never touched
    is silent since it first wrote.
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
    """Add up the open inquiries of each account, and the seconds worked on all of its inquiries.

    Shape:  one row per (mode, source, account) and value of the columns in `by`.
    """
    mine = found.filter(found.account.notnull())
    return mine.group_by(*by, "mode", "source", "account").aggregate(
        open=is_open(mine).sum(), spent_s=mine.worked_s.sum()
    )


def open_matters(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Give each account the receipt of its oldest open inquiry.

    Shape:  one row per (mode, source, account) with any, and value of the columns in `by`.
    """
    mine = found.filter(found.account.notnull() & is_open(found))
    return mine.group_by(*by, "mode", "source", "account").aggregate(
        oldest_us=mine.received_us.min()
    )


def is_open(found: Any) -> Any:
    """Return a condition: the inquiry is not cancelled, and open or waiting."""
    return found.counts & found.phase.isin(["open", "waiting"])


def first_and_last_touch(inquiries: Any, *, at: Moment) -> Any:
    """Give each account the moment since which it is silent: last touch, or first inquiry.

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
    Shape:  one row per mode: accounts, those with an open inquiry (`open`), those of them
            `neglected`, those of these whose oldest open inquiry is 30 days old (`long_open`), and
            seconds worked on all.
    """
    return every.group_by("mode").aggregate(
        accounts=every.count(),
        open=(every.open > 0).sum(),
        neglected=every.neglected.sum(),
        long_open=every.long_open.sum(),
        spent_s=every.spent_s.sum(),
    )


def top_accounts(every: Any) -> Any:
    """Return the account of each mode with most seconds worked, if any were.

    Shape:  one row per mode: source, account, spent_s.
    """
    import ibis

    order = [every.spent_s.desc(), every.source, every.account]
    place = ibis.row_number().over(group_by="mode", order_by=order)
    first = every.mutate(place=place)
    first = first.filter((first.place == 0) & (first.spent_s > 0))
    return first.select("mode", "source", "account", "spent_s")


def longest_silent(every: Any, *, most: int = MOST) -> Any:
    """List the neglected accounts of each mode, longest silent first.

    Shape:  one row per account, at most `most` per mode.
    """
    import ibis

    some = every.filter(every.neglected)
    order = [some.silent_us, some.source, some.account]
    some = some.mutate(place=ibis.row_number().over(group_by="mode", order_by=order))
    some = some.filter(some.place < most)
    return some.select("mode", "source", "account", "open", "silent_us", "place")
