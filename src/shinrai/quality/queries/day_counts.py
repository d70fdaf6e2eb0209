"""Add up the counts stored per day over some dates, into the rows figures are made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from shinrai.calendars.rules.time_zone import midnight
from shinrai.ledger.queries import case_keys
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.neglected import SILENCE
from shinrai.quality.rules.topical import resolved
from shinrai.statistics.percentile import percentiles
from shinrai.units.moments import epoch_us
from shinrai.warehouse.day_counts import DayNumbers, Fill, day_numbers

NAME: Final = "quality"
SUMMED: Final = ("counts", "rules", "runs", "tiers", "handovers", "flagged", "repeats")
SUMMED_TOO: Final = ("repeats_on_topic", "investigations", "marks")
APART: Final = ("double_labels", "counts_as", "first_replies", "first_messages", "tail", "findings")
OF_ACCOUNTS: Final = ("worked", "open_matters", "touches")
QUESTIONS: Final = (*SUMMED, *SUMMED_TOO, *APART, *OF_ACCOUNTS)
SHARES: Final = {"median": 0.5, "p75": 0.75, "p90": 0.9}
FINDINGS: Final = timedelta(days=180)
TAIL: Final = 10  # cases that a figure names
MOST: Final = 10  # accounts that a figure names
SILENCE_US: Final = SILENCE // SILENCE.resolution
Numbers = Mapping[str, DayNumbers]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class AskedDates:
    """Dates of receipt, both included; None: from the beginning, or up to now."""

    since: date | None
    until: date | None
    zone: str


def counted_days(*, workspace_id: int, asked: AskedDates) -> tuple[Fill, Counted] | None:
    """Read and add up the days of some dates, as at the moment of counting; None: never counted."""
    since = asked.since
    if since is not None:  # findings are of the 180 days before the last date
        since = min(since, (asked.until or date.max) - FINDINGS - timedelta(days=2))
    found = day_numbers(
        NAME, workspace_id=workspace_id, questions=QUESTIONS, since=since, until=asked.until
    )
    if found is None:
        return None
    fill, numbers = found
    return fill, counted_of(numbers, asked, fill.at)


def counted_of(numbers: Numbers, asked: AskedDates, at: datetime) -> Counted:
    """Add up the numbers of days already read, into rows by measure."""
    inside = {
        name: one if name in ("findings", "counts_as", "touches") else _inside(one, asked)
        for name, one in numbers.items()
    }
    sums = {name: inside[name].sums() for name in (*SUMMED, *SUMMED_TOO)}
    says = {row["label"]: row["topic"] for row in inside["counts_as"].sums()}
    modes = {row["mode"] for row in (*sums["counts"], *sums["investigations"])}
    return Counted(
        **sums,
        waiting_times=_waiting_times(inside["first_replies"]),
        plain_waiting_times=_plain_waiting_times(inside["first_messages"]),
        tail=_tail(inside["tail"]),
        double_labels=resolved(inside["double_labels"].sums(), says),
        findings=findings_before(inside["findings"], _ends(asked, at)),
        **_accounts(inside, at),
        modes=tuple(sorted(modes)),
    )


def _inside(numbers: DayNumbers, asked: AskedDates) -> DayNumbers:
    return numbers.between(asked.since, asked.until)


def _ends(asked: AskedDates, at: datetime) -> datetime:
    """Return the end of the last date, or the moment of counting if that is earlier."""
    if asked.until is None:
        return at
    return min(at, midnight(asked.zone, asked.until + timedelta(days=1)))


def _points(name: str, values: Any) -> dict[str, float | None]:
    found = percentiles(values, list(SHARES.values()))
    return {name.format(key): value for key, value in zip(SHARES, found, strict=True)}


def _waiting_times(waits: DayNumbers) -> Rows:
    """Return quantiles of first replies by mode, as `measures.counts.waiting_times` does."""
    rows = []
    for mode in waits.values("mode"):
        every = waits.where("mode", mode)
        sound = every.where("sound", True)
        open_s = sound["first_reply_open_s"]
        row: dict[str, Any] = {"mode": mode, "measured": len(every.key)}
        row["sound_measured"] = len(sound.key)
        row |= _points("{}_s", every["first_reply_s"])
        row |= _points("{}_business_s", open_s[open_s >= 0])
        row |= _points("sound_{}_s", sound["first_reply_s"])
        rows.append(row)
    return rows


def _plain_waiting_times(waits: DayNumbers) -> Rows:
    return [
        {"mode": mode, **_points("{}_s", waits.where("mode", mode)["first_outbound_s"])}
        for mode in waits.values("mode")
    ]


def _tail(tail: DayNumbers) -> Rows:
    """List the inquiries of each mode with the most round trips, with their keys."""
    rows: Rows = []
    for mode in tail.values("mode"):
        mine = tail.where("mode", mode)
        ids, runs = mine["case_id"], mine["runs"]
        first = np.lexsort((ids, -runs))[:TAIL]
        rows += [
            {"mode": mode, "case_id": case_id, "runs": count, "place": place}
            for place, (case_id, count) in enumerate(
                zip(ids[first].tolist(), runs[first].tolist(), strict=True)
            )
        ]
    named = case_keys([row["case_id"] for row in rows])
    return [{**row, "case_key": named[row.pop("case_id")]} for row in rows]


def findings_before(findings: DayNumbers, ends: datetime) -> Rows:
    """Count the findings of the 180 days before a moment."""
    us = findings["finding_us"]
    ends_us = epoch_us(ends)
    recent = findings.of((us > ends_us - FINDINGS // FINDINGS.resolution) & (us <= ends_us))
    counts = Counter(recent.key.tolist())
    return [
        {**dict(zip(findings.keys, findings.combinations[key], strict=True)), "count": count}
        for key, count in counts.items()
    ]


def _accounts(inside: Numbers, at: datetime) -> dict[str, Rows]:
    """Return the rows about accounts, by name, as `measures.accounts` would count them."""
    touches = inside["touches"]
    silent = {
        touches.combinations[key]: us
        for key, us in zip(touches.key.tolist(), touches["silent_us"].tolist(), strict=True)
    }
    matters = inside["open_matters"]
    oldest: dict[tuple[Any, ...], int] = {}
    for key, us in zip(matters.key.tolist(), matters["oldest_us"].tolist(), strict=True):
        named = matters.combinations[key]
        oldest[named] = min(us, oldest.get(named, us))
    enough = epoch_us(at) - SILENCE_US
    by_mode: dict[str, Rows] = {}
    for row in inside["worked"].sums():
        since = silent[row["source"], row["account"]]
        neglected = row["open"] > 0 and since <= enough
        began = oldest.get((row["mode"], row["source"], row["account"]), enough + 1)
        row |= {"silent_us": since, "neglected": neglected}
        row |= {"long_open": neglected and began <= enough}
        by_mode.setdefault(row["mode"], []).append(row)
    counts, top, listed = [], [], []
    for mode, rows in sorted(by_mode.items()):
        counts.append(
            {
                "mode": mode,
                "accounts": len(rows),
                "open": sum(row["open"] > 0 for row in rows),
                "neglected": sum(row["neglected"] for row in rows),
                "long_open": sum(row["long_open"] for row in rows),
                "spent_s": sum(row["spent_s"] for row in rows),
            }
        )
        first = min(rows, key=lambda row: (-row["spent_s"], row["source"], row["account"]))
        if first["spent_s"] > 0:
            top.append(_only(first, "mode", "source", "account", "spent_s"))
        silent_ones = sorted(
            (row for row in rows if row["neglected"]),
            key=lambda row: (row["silent_us"], row["source"], row["account"]),
        )
        listed += [
            {**_only(row, "mode", "source", "account", "open", "silent_us"), "place": place}
            for place, row in enumerate(silent_ones[:MOST])
        ]
    return {"account_counts": counts, "top_accounts": top, "longest_silent": listed}


def _only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def counts_by_period(numbers: DayNumbers, starts: Sequence[date]) -> Rows:
    """Add up days into periods that begin on these dates; the last period is still open."""
    ends = [*(start - timedelta(days=1) for start in starts[1:]), None]
    return [
        {**row, "since_on": since}
        for since, until in zip(starts, ends, strict=True)
        for row in numbers.between(since, until).sums()
    ]
