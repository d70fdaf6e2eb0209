"""Functions that explain a difference: each checks the case and returns what it found."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import (
    DifferencePart,
    Explain,
    SourceFigure,
    Value,
)
from shinrai.importers.rules.reconciliation.times import (
    Reading,
    by_calendar,
    in_zone,
    with_last_version,
)
from shinrai.units.moments import from_us
from shinrai.units.text import Text

MINUTE_S = 60
Pieces = Callable[[Evidence], int]


def one(_: Evidence) -> int:
    """Return 1: a time that is rounded once."""
    return 1


def rounding(
    to_s: int = MINUTE_S, *, pieces: Pieces = one, reason: str = "rounding_to_minutes"
) -> Explain:
    """Explain a difference below one unit for every part that the source rounded."""

    def explain(evidence: Evidence, source: Value, ours: Value | None) -> Sequence[DifferencePart]:
        if not isinstance(ours, int) or not _is_near(source, ours, to_s * pieces(evidence)):
            return ()
        off = int(source) - ours
        return [
            DifferencePart(
                reason,
                off,
                Text(
                    "the source writes whole units of {to_s} s in {pieces} pieces; {off:+d} s "
                    "is less than that",
                    to_s=to_s,
                    pieces=pieces(evidence),
                    off=off,
                ),
            )
        ]

    return explain


def other_reading(
    compute: Callable[[Evidence], Value | None], says: Text, *, near: int = 0
) -> Explain:
    """Explain a difference by another definition: with it, our steps give the source's figure."""

    def explain(evidence: Evidence, source: Value, _: Value | None) -> Sequence[DifferencePart]:
        theirs = compute(evidence)
        if theirs is None or not (theirs == source or _is_near(source, theirs, near)):
            return ()
        return [DifferencePart("definition", None, says)]

    return explain


def last_schedule_only(reading: Reading, *, pieces: Pieces = one) -> Explain:
    """Explain a business time that was counted with the latest hours for all of the past."""

    def explain(evidence: Evidence, source: Value, _: Value | None) -> Sequence[DifferencePart]:
        last = None if evidence.calendar is None else with_last_version(evidence.calendar)
        theirs = None if last is None else reading(evidence, last)
        if theirs is None or not _is_near(source, theirs, MINUTE_S * pieces(evidence)):
            return ()
        return [
            DifferencePart(
                "last_schedule_only",
                None,
                Text("by the calendar's last hours alone our steps give the source's figure"),
            )
        ]

    return explain


def other_zone(reading: Reading, *, pieces: Pieces = one) -> Explain:
    """Explain a business time whose hours were read in another time zone."""

    def explain(evidence: Evidence, source: Value, _: Value | None) -> Sequence[DifferencePart]:
        for zone in evidence.zones if evidence.calendar is not None else ():
            turned = in_zone(evidence.calendar, zone) if evidence.calendar else None
            theirs = None if turned is None else reading(evidence, turned)
            if theirs is not None and _is_near(source, theirs, MINUTE_S * pieces(evidence)):
                return [DifferencePart("zone", None, _by_zone(zone))]
        return ()

    return explain


def business_time(
    name: str,
    reading: Reading,
    definition: Text,
    ours: Text,
    says: Callable[[Mapping[str, Any]], Value | None],
    *more: Explain,
    pieces: Pieces = one,
    per_unit: int = MINUTE_S,
) -> SourceFigure:
    """Return the figure of a time in business hours, with the usual reasons for differences."""
    return SourceFigure(
        name=name,
        unit="seconds",
        per_unit=per_unit,
        definition=definition,
        ours=ours,
        says=says,
        we_say=by_calendar(reading),
        explain=(
            rounding(pieces=pieces),
            last_schedule_only(reading, pieces=pieces),
            other_zone(reading, pieces=pieces),
            *more,
        ),
        needs_calendar=True,
    )


def turned_clock(evidence: Evidence, source: Value, ours: Value | None) -> Sequence[DifferencePart]:
    """Explain a moment that is off by exactly the UTC offset of a zone the clock may use."""
    if not isinstance(ours, int) or not isinstance(source, int):
        return ()
    for zone in evidence.zones:
        offset = from_us(ours).astimezone(zone_named(zone)).utcoffset() or timedelta()
        off = timedelta(microseconds=source - ours)
        if offset and off in (offset, -offset):
            return [DifferencePart("zone", source - ours, _by_zone(zone))]
    return ()


def missing_step(*kinds: str, says: Text) -> Explain:
    """Explain a figure that needs kinds of steps of which the ledger has none."""

    def explain(evidence: Evidence, _: Value, ours: Value | None) -> Sequence[DifferencePart]:
        if ours is not None or evidence.count(*kinds):
            return ()
        return [DifferencePart("missing_step", None, says)]

    return explain


def still_waiting(
    evidence: Evidence, source: Value, ours: Value | None
) -> Sequence[DifferencePart]:
    """Explain a sum of an unsolved case: it grew until the day of the export."""
    is_over = evidence.life.phase in ("solved", "closed", "cancelled")
    if ours is not None or is_over:
        return ()
    return [
        DifferencePart(
            "not_over",
            None,
            Text("the case is not solved: the source's figure is of the day it was exported"),
        )
    ]


def _by_zone(zone: str) -> Text:
    return Text("read by the clocks of {zone} our steps give the source's figure", zone=zone)


def _is_near(source: Value, theirs: Value, within: int) -> bool:
    if not isinstance(source, int) or not isinstance(theirs, int):
        return False
    return source == theirs or abs(source - theirs) < within
