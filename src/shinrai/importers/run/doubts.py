"""Doubts about an import: flags about its rows, its cases, and the clock of its source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.importers.models import Observation, Run
from shinrai.importers.rules.checks.daily_hours import Jump, OddNight, find_jumps, find_odd_night
from shinrai.importers.rules.checks.flags import EXAMPLES, ImportFlag, counted_flag
from shinrai.importers.rules.checks.shifted_copy import ClockShift, find_shift
from shinrai.importers.rules.derive.step import DoubtfulTime
from shinrai.importers.rules.observation.quarter_hours import QUARTER_US, QuarterHours
from shinrai.importers.run.observations import moments_by_table
from shinrai.importers.run.plan import Plan
from shinrai.ledger.queries import case_heads
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.text import Text, alternatives, in_both_languages


@dataclass(frozen=True)
class ClockDoubts:
    """What the hours of the day show about the clock a source writes its times by."""

    flags: tuple[ImportFlag, ...]
    doubtful: tuple[DoubtfulTime, ...]


DECLARED = Text("no step is made of it")
UNDECLARED = Text("the mapping does not declare it: add it to look_ahead and make no step of it")


def clock_doubts(*, batch_ids: Sequence[int], zones: Mapping[str, str]) -> ClockDoubts:
    """Check the hours of all moments in these imports, by the time zone stated for each table.

    Where each cell has its own offset, UTC is used: then only a jump of the clock on some day is
    reported, and not the hours at which people rest.
    """
    stands: dict[str | None, QuarterHours] = {}
    for table, seen in moments_by_table(batch_ids=batch_ids).items():
        stands.setdefault(zones.get(table), QuarterHours()).add(seen.quarters, seen.counts)
    flags: list[ImportFlag] = []
    doubtful: list[DoubtfulTime] = []
    for stated, moments in stands.items():
        zone = stated or "UTC"
        wall_us, counts = _on_the_wall(moments.quarters, zone), moments.counts
        jumps = find_jumps(wall_us, counts)
        if jumps:
            flags += [_jump_flag(jump, zone) for jump in jumps]
            until = midnight(zone, jumps[-1].doubtful_until_on)
            doubtful.append(DoubtfulTime("zone_jump", None, epoch_us(until)))
        elif stated is not None and (odd := find_odd_night(wall_us, counts)) is not None:
            flags.append(_odd_night_flag(odd, zone, int(counts.sum())))
    return ClockDoubts(tuple(flags), tuple(doubtful))


def copy_flags(*, batch_id: int, others: Sequence[int]) -> list[ImportFlag]:
    """Return a flag if an import's hours are shifted against the source's other imports."""
    if not others:
        return []
    own, known = QuarterHours(), QuarterHours()
    for hours, batches in ((own, [batch_id]), (known, others)):
        for seen in moments_by_table(batch_ids=batches).values():
            hours.add(seen.quarters, seen.counts)
    turn = find_shift(_moments(own), _moments(known))
    return [] if turn is None else [_turn_flag(turn)]


def _moments(hours: QuarterHours) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return hours.quarters * QUARTER_US, hours.counts


def _turn_flag(turn: ClockShift) -> ImportFlag:
    by = " / ".join(f"{hours:+d}" for hours in turn.hours)
    return ImportFlag(
        code="clock_turned",
        count=turn.count,
        text=in_both_languages(
            Text(
                "beside the source's other imports the hours read {by} h, month by month "
                "({count:,} moments of {months} months): the clock of this copy was "
                "turned. Take the copy whose times are right; nothing was converted",
                by=by,
                count=turn.count,
                months=turn.months,
            )
        ),
    )


def row_flags(*, batch_id: int) -> list[ImportFlag]:
    """Return a flag for each kind of doubt about single rows, with the count and examples."""
    rows = Observation.objects.filter(batch_id=batch_id, doubts__isnull=False).order_by("id")
    counts: dict[str, int] = {}
    examples: dict[str, list[tuple[int, int, str]]] = {}
    for file, doubts, key in rows.values_list("file", "doubts", "case__source_key"):
        for line, codes in doubts or ():
            for code in codes:
                counts[code] = counts.get(code, 0) + 1
                first = [*examples.get(code, ()), (file, line, f"{key} (L{line})")]
                examples[code] = sorted(first)[:EXAMPLES]
    return [
        counted_flag(code, count, [shown for *_, shown in examples[code]])
        for code, count in sorted(counts.items())
    ]


def case_flags(notes: Mapping[str, Sequence[tuple[int, int | None]]]) -> list[ImportFlag]:
    """Return a flag for each kind of doubt about whole cases, with the count and the days."""
    heads = case_heads({case_id for cases in notes.values() for case_id, _ in cases[:EXAMPLES]})
    return [
        counted_flag(
            code,
            len(cases),
            [heads[case_id].source_key for case_id, _ in cases[:EXAMPLES]],
            days=_days(at_us for _, at_us in cases if at_us is not None),
        )
        for code, cases in sorted(notes.items())
    ]


def _days(moments: Iterable[int]) -> str:
    """Return the first and the last day of moments, in UTC; empty without moments."""
    days = sorted({f"{from_us(us):%Y-%m-%d}" for us in moments})
    return "" if not days else " – ".join(dict.fromkeys((days[0], days[-1])))


def zone_flags(plan: Plan) -> list[ImportFlag]:
    """Return a flag for each time zone that was assumed because none was stated."""
    return [
        ImportFlag(
            code="zone_assumed",
            count=plan.rows,
            text=in_both_languages(
                Text(
                    "nobody says in which zone the moments were written; read as {zone}. Say "
                    "it by --zone if you know better",
                    zone=zone,
                )
            ),
        )
        for zone in plan.assumed_zones
    ]


def writing_flags(plan: Plan) -> list[ImportFlag]:
    """Return a flag for each column whose dates may be day first or month first."""
    return [
        ImportFlag(
            code="date_order",
            count=count,
            text=in_both_languages(
                Text(
                    "{column}: nothing tells whether {count:,} dates such as 07/06 name the "
                    "day or the month first; read in the order of the mapping. If that is "
                    "wrong, write the right one alone under `moments` in the mapping",
                    column=column,
                    count=count,
                )
            ),
            examples=(column,),
        )
        for file in plan.files
        for column, count in file.doubtful_dates
    ]


def look_ahead_flags(plan: Plan, found: Iterable[tuple[str, int, int]]) -> list[ImportFlag]:
    """Return a flag for each column with times later than its row: values in it, and later ones."""
    declared = {column for file in plan.files for column in file.table.look_ahead}
    flags: list[ImportFlag] = []
    for column, values, later in found:
        text = Text(
            "{column} stands on {values:,} rows and on {later:,} of them names a moment later "
            "than the row itself; {end}",
            column=column,
            values=values,
            later=later,
            end=DECLARED if column in declared else UNDECLARED,
        )
        flags.append(
            ImportFlag(
                code="look_ahead",
                count=later,
                text=in_both_languages(text),
                examples=(column,),
            )
        )
    return flags


def _on_the_wall(quarters: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Return the local time of quarter hours in a time zone, in microseconds."""
    rules = zone_named(zone)
    offsets = [_offset_us(from_us(int(quarter) * QUARTER_US), rules) for quarter in quarters]
    return quarters * QUARTER_US + np.array(offsets, dtype=np.int64)


def _offset_us(at: datetime, rules: object) -> int:
    offset = at.astimezone(rules).utcoffset()  # type: ignore[arg-type]
    return (offset or timedelta()) // timedelta(microseconds=1)


def _jump_flag(jump: Jump, zone: str) -> ImportFlag:
    last_on = jump.on - timedelta(days=1)
    until_on = jump.doubtful_until_on - timedelta(days=1)
    text = Text(
        "the hours of the day jump after {last_on}: until then they fit a clock {turns} h from "
        "{zone}, from {on} on the stated one. Every moment until {until_on} (the end of that "
        "month) is marked: the zone is doubtful before {doubtful_until_on}; nothing was "
        "converted. If you know the clock, write it under `clocks` in the mapping",
        last_on=last_on,
        turns=alternatives(f"{-turn:+d}" for turn in jump.turned_hours),
        zone=zone,
        on=jump.on,
        until_on=until_on,
        doubtful_until_on=jump.doubtful_until_on,
    )
    return ImportFlag(
        code="zone_jump",
        count=jump.before_count,
        text=in_both_languages(text),
        examples=(str(last_on), str(until_on)),
    )


def _odd_night_flag(odd: OddNight, zone: str, count: int) -> ImportFlag:
    first, last = odd.quiet_from_hour, (odd.quiet_from_hour + 8) % 24
    return ImportFlag(
        code="working_hours",
        count=count,
        text=in_both_languages(
            Text(
                "by {zone}, people rest from {first:02d}:00 to {last:02d}:00 "
                "({quiet_share:.0%} of all moments): another zone fits better, one whose "
                "clocks read {fitting_hours:+d} h; give it by --zone",
                zone=zone,
                first=first,
                last=last,
                quiet_share=odd.quiet_share,
                fitting_hours=odd.fitting_hours,
            )
        ),
    )


def last_doubtful(visible: Sequence[int], *, before: int | None = None) -> list[Any]:
    """Return the doubtful times that the source's newest other import stored."""
    others = [number for number in visible if number != before]
    runs = Run.objects.filter(batch_id__in=others).order_by("-batch_id")
    found: list[Any] = runs.values_list("doubtful", flat=True).first() or []
    return found
