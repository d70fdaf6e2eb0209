"""A promise as the form says it: read from what was typed, and written from an objective.

The form knows the common part of an objective's document; whatever else an objective says (labels,
alert policies, a window of its own) stays as it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import cast
from unicodedata import normalize

from shinrai.calendars.rules.fields import is_calendar_name
from shinrai.calendars.rules.hours import Calendar
from shinrai.objectives.rules.definition import (
    CLOCKS,
    MODES,
    PAUSES,
    BusinessDays,
    BusinessSeconds,
    ClockDefinition,
    ClockName,
    Mode,
    Objective,
    PauseKind,
    Reading,
    Within,
)
from shinrai.objectives.rules.durations import Duration, Unit
from shinrai.objectives.rules.explained import ExplainedClock, explain
from shinrai.objectives.rules.numbers import NotADecimal, decimal_text, read_decimal
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow, Window
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

MOST = 2_000
LONGEST_TITLE = 255
LONGEST = timedelta(days=2 * 365)  # from the start until it is due
SECONDS = {"hours": 3_600, "minutes": 60}
UNITS: tuple[str, ...] = ("close", "same_time", *SECONDS)
# Held by a tier is one clock a tier; the form lists them as clocks of their own.
TIMED = (*(clock for clock in CLOCKS if clock != "held"), "held-1", "held-2", "held-3")
ALIGNED: dict[str, tuple[Unit, datetime]] = {
    "week": ("w", datetime.fromisoformat("2026-01-05")),  # a Monday
    "month": ("M", datetime.fromisoformat("2026-01-01")),
    "quarter": ("Q", datetime.fromisoformat("2026-01-01")),
}
ROLLING = {"7_days": 7, "30_days": 30, "90_days": 90}
OWN = "own"  # a window that the form does not list: it stays as it is
WINDOWS = (*ALIGNED, *ROLLING)

NOT_LISTED = Text("choose one of the list")
NO_TITLE = Text("shorten it to {most} characters", most=LONGEST_TITLE)
TOO_LONG = Text("then nothing is due within two years: give less time")
NO_CALENDAR = Text("choose a calendar: what is due is judged by its hours")


class BadPromise(UserError, ValueError):
    """What was typed is no promise; `wrong` says why, by the field of the form."""

    def __init__(self, wrong: Mapping[str, Text]) -> None:
        self.wrong = dict(wrong)
        super().__init__(joined(wrong.values()))


@dataclass(frozen=True)
class PromiseForm:
    """The fields of the form, as typed; `name` is the objective's key and is not typed."""

    name: str = ""
    title: str = ""
    clock: str = "investigation"
    mode: str = "via_cs"
    number: str = "2"
    unit: str = "close"
    percent: str = "90"
    window: str = "month"
    calendar: str = ""
    pauses: tuple[str, ...] = ("sent_back",)


def promise_form(objective: Objective) -> PromiseForm | None:
    """Return the fields that say what an objective says; None if the form cannot say it."""
    clock, counted = objective.clock, _counted(objective.clock.within)
    timed = f"held-{clock.tier}" if clock.clock == "held" else clock.clock
    if counted is None or timed not in TIMED or not isinstance(clock.calendar, str):
        return None
    return PromiseForm(
        name=objective.name,
        title=objective.display_name,
        clock=timed,
        mode=clock.mode,
        number=counted[0],
        unit=counted[1],
        percent=decimal_text(objective.target * 100),
        window=window_word(objective.window),
        calendar=clock.calendar,
        pauses=clock.pauses,
    )


def read_promise(
    form: PromiseForm, *, service: str, zone: str, base: Objective | None = None
) -> Objective:
    """Return the objective that the typed fields describe.

    `zone` is the calendar's, in which windows begin; with `base`, what the form does not say is
    taken from that objective.
    Raises: BadPromise with what is wrong in every field, not only in the first.
    """
    wrong: dict[str, Text] = {}
    choices = {"clock": TIMED, "mode": MODES, "unit": UNITS}
    choices["window"] = (*WINDOWS, OWN) if base is not None else WINDOWS
    wrong |= {
        field: NOT_LISTED for field, known in choices.items() if getattr(form, field) not in known
    }
    if not set(form.pauses) <= set(PAUSES):
        wrong["pauses"] = NOT_LISTED
    if len(form.title) > LONGEST_TITLE or "\x00" in form.title:
        wrong["title"] = NO_TITLE
    if not is_calendar_name(form.calendar):
        wrong["calendar"] = NO_CALENDAR
    number = _whole(form.number, form.unit, wrong)
    target = _share(form.percent, wrong)
    if wrong:
        raise BadPromise(wrong)
    timed, _, tier = form.clock.partition("-")
    clock = ClockDefinition(
        clock=cast(ClockName, timed),
        mode=cast(Mode, form.mode),
        within=_within(number, form.unit),
        calendar=form.calendar,
        pauses=tuple(cast(PauseKind, kind) for kind in PAUSES if kind in form.pauses),
        tier=int(tier) if tier else None,
    )
    if base is None:
        window = _window(form.window, zone)
        return Objective(form.name, service, clock, window, target, display_name=form.title)
    keeps = form.window == OWN or (
        form.window == window_word(base.window) and form.calendar == base.clock.calendar
    )
    return replace(
        base,
        clock=clock,
        window=base.window if keeps else _window(form.window, zone),
        target=target,
        display_name=form.title,
    )


def free_name(clock: str, taken: Collection[str]) -> str:
    """Return a key for a new objective: what it measures, with a number if that is taken."""
    stem = clock.replace("_", "-")
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)


def window_word(window: Window) -> str:
    """Return the window as the form lists it, or "own" if it does not."""
    if isinstance(window, RollingWindow):
        return next((word for word, days in ROLLING.items() if days == window.days), OWN)
    start = window.start_local
    begins = start.time() == time() and (
        start.weekday() == 0
        if window.length.unit == "w"
        else start.day == 1 and (window.length.unit == "M" or start.month % 3 == 1)
    )
    units = {unit: word for word, (unit, _) in ALIGNED.items()}
    is_one = window.length.count == 1 and begins
    return units.get(window.length.unit, OWN) if is_one else OWN


def worked_example(objective: Objective, calendar: Calendar, start: datetime) -> ExplainedClock:
    """Return when a case that begins at a moment and never pauses is due, and why.

    Raises: BadPromise if that is years away: timetables of many clocks do not reach there.
    """
    span = ClockSpan(0, 1, objective.clock.mode, start, None, (), None, False, None)
    found = explain(objective.clock, calendar, span, at=start)
    if found.due_at is None or found.due_at - start > LONGEST:
        raise BadPromise({"number": TOO_LONG})
    return found


def _counted(within: Within) -> tuple[str, str] | None:
    """Return a time allowed as the form's number and unit; None if it has no such unit."""
    if isinstance(within, BusinessDays):
        return (str(within.days), within.by) if within.days <= MOST else None
    for unit, seconds in SECONDS.items():
        if within.seconds % seconds == 0 and within.seconds // seconds <= MOST:
            return str(within.seconds // seconds), unit
    return None


def _within(number: int, unit: str) -> Within:
    if unit in SECONDS:
        return BusinessSeconds(number * SECONDS[unit])
    return BusinessDays(number, cast(Reading, unit))


def _window(word: str, zone: str) -> Window:
    if word in ROLLING:
        return RollingWindow(ROLLING[word])
    unit, start = ALIGNED[word]
    return CalendarWindow(Duration(1, unit), start, zone)


def plain(typed: str) -> str:
    """Return what was typed in half-width characters, without blanks around it."""
    return normalize("NFKC", typed).strip()


def _whole(typed: str, unit: str, wrong: dict[str, Text]) -> int:
    least, number = (1 if unit in SECONDS else 0), plain(typed)
    if number.isascii() and number.isdigit() and len(number) < 9 and least <= int(number) <= MOST:
        return int(number)
    wrong["number"] = Text(
        "{typed!r} is no such number: write a whole one from {least} to {most:,}",
        typed=typed[:20],
        least=least,
        most=MOST,
    )
    return least


def _share(typed: str, wrong: dict[str, Text]) -> Fraction:
    number = plain(typed).removesuffix("%").strip()
    try:
        share = read_decimal(number) / 100
    except NotADecimal:
        share = Fraction(0)
    if share == 1:
        wrong["percent"] = Text("100 % leaves room for no miss, ever: write less, such as 95")
    elif not 0 < share < 1:
        wrong["percent"] = Text(
            "{typed!r} is no such share: write a number between 0 and 100, such as 90",
            typed=typed[:20],
        )
    return share
