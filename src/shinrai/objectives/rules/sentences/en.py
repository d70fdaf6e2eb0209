"""English sentences about one clock: one for each fact."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.wording import duration_words
from shinrai.objectives.rules.definition import BusinessDays, ClockDefinition
from shinrai.objectives.rules.explained import DaysOff, ExplainedClock

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
STARTED = {
    "investigation": "filed",
    "acknowledgement": "filed",
    "first_reply": "received",
    "next_reply": "written to again",
    "resolution_first": "received",
    "resolution_full": "received",
    "held": "taken over",
}
STOPPED = {
    "investigation": "answered",
    "acknowledgement": "acknowledged",
    "first_reply": "answered",
    "next_reply": "answered",
    "resolution_first": "solved",
    "resolution_full": "solved",
    "held": "handed on",
}
WAITING = {
    "sent_back": "sent back, facts missing",
    "customer": "waiting for the customer",
    "third_party": "waiting for a third party",
    "problem": "waiting for a known problem",
}


def summary(clock: ExplainedClock) -> str:
    """Say in one line as which day a case counts, when it is due, and what became of it."""
    say = _Says(clock)
    return "; ".join((f"counts as {say.day(clock.effective_on)}", say.due(), say.ending()))


def facts(clock: ExplainedClock) -> list[str]:
    """Say everything that made a case due when it is, one sentence a fact."""
    say = _Says(clock)
    lines = [say.start(), f"The target is {reading(clock.definition)}."]
    lines += [say.off(days) for days in clock.days_off]
    lines += say.pauses()
    lines += [
        f"{say.day(on)} does not count: the clock stood still at the close of that day."
        for on in clock.uncounted
    ]
    lines.append(f"{_upper(say.due())}.")
    if clock.pauses:
        lines.append(say.both_clocks())
    lines.append(f"{_upper(say.ending())}.")
    return lines


def reading(definition: ClockDefinition) -> str:
    """Say how "2 business days" is read, or how much open time there is."""
    within = definition.within
    if not isinstance(within, BusinessDays):
        return f"{_length(within.seconds)} of business time"
    if within.by == "close":
        if within.days == 0:
            return "the close of the same business day"
        return f"{_days(within.days)}, read as: by the {_close(within.days)} after day 0"
    if within.days == 0:
        return "at once, in opening hours"
    return f"{_days(within.days)}, read as: the same clock time {_days(within.days)} later"


class _Says:
    """Speak about one clock on its own wall clock."""

    def __init__(self, clock: ExplainedClock) -> None:
        self.clock = clock
        self.zone = zone_named(clock.zone)
        self.year = clock.at.astimezone(self.zone).year
        self.started = "reopened" if clock.is_reopened else STARTED[clock.definition.clock]
        self.stopped = STOPPED[clock.definition.clock]

    def day(self, on: date) -> str:
        year = "" if on.year == self.year else f" {on.year}"
        return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}{year}"

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def short(self, at: datetime) -> str:
        """Leave the month out on the day something was due."""
        local = at.astimezone(self.zone)
        due = self.clock.due_at and self.clock.due_at.astimezone(self.zone)
        if due and due.date() == local.date():
            return f"{WEEKDAYS[local.weekday()]} {local:%H:%M}"
        return self.moment(at)

    def start(self) -> str:
        clock = self.clock
        began = f"{_upper(self.started)} {self.moment(clock.started_at)}"
        if clock.effective_at == clock.started_at:
            return f"{began}, in opening hours: counts as {self.day(clock.effective_on)}, day 0."
        return (
            f"{began}, while the desk was shut: counts as {self.day(clock.effective_on)}, day 0, "
            f"from {self.moment(clock.effective_at)}."
        )

    def off(self, days: DaysOff) -> str:
        if days.first == days.last:
            which, verb = self.day(days.first), "is"
        else:
            which, verb = f"{self.day(days.first)} to {self.day(days.last)}", "are"
        if days.kind == "holiday":
            return f"{which} {verb} a holiday ({days.name}): no business day."
        if days.kind == "closed":
            name = f" ({days.name})" if days.name else ""
            return f"{which} {verb} closed by the company{name}: no business day."
        return f"{which} {verb} not worked."

    def pauses(self) -> list[str]:
        return [
            f"The clock stood still from {self.moment(pause.since)} "
            + (f"to {self.moment(pause.until)}" if pause.until else "and still does")
            + (f" ({WAITING.get(pause.reason, pause.reason)})." if pause.reason else ".")
            for pause in self.clock.pauses
        ]

    def due(self) -> str:
        clock, within = self.clock, self.clock.definition.within
        if clock.due_at is None:
            return "has no due time while the clock stands still"
        how = ""
        if isinstance(within, BusinessDays) and within.by == "close" and within.days:
            how = f" ({_close(within.days)})"
        elif not isinstance(within, BusinessDays):
            how = f" ({reading(clock.definition)})"
        return f"due {self.moment(clock.due_at)}{how}"

    def both_clocks(self) -> str:
        clock = self.clock
        if clock.due_without_pauses_at == clock.due_at:
            return "The pauses did not move it."
        return f"Without pauses it would be due {self.moment(clock.due_without_pauses_at)}."

    def ending(self) -> str:
        clock, state, due = self.clock, self.clock.state, self.clock.due_at
        if state is None:
            return f"not {self.started} yet at {self.moment(clock.at)}"
        if state == "void" and clock.cancelled_at:
            why = "as spam" if clock.spam else "before it was due"
            return f"cancelled {self.short(clock.cancelled_at)}, {why}: does not count"
        prefix = ""
        if state == "exempt" and clock.exempted_at:
            prefix = f"handled beyond the target since {self.short(clock.exempted_at)}; "
        if state == "paused" and clock.paused_since:
            return f"paused since {self.short(clock.paused_since)}"
        if due is None:
            return f"{prefix}not {self.stopped} yet"
        if clock.stopped_at and clock.stopped_at <= clock.at:
            return (
                f"{prefix}{self.stopped} {self.short(clock.stopped_at)}, "
                f"{_apart(clock.stopped_at, due, clock.ahead_s or 0)}"
            )
        if state == "missed" and clock.cancelled_at:
            return f"cancelled {self.short(clock.cancelled_at)}, too late: it stays missed"
        if clock.at > due:
            return f"{prefix}not {self.stopped} yet, {late_words(-(clock.ahead_s or 0))}"
        left = _length(clock.left_s or 0)
        return f"{prefix}not {self.stopped} yet, {left} of business time left"


def late_words(seconds: int) -> str:
    """Say how late something is, in the one measure of lateness there is: business time."""
    return f"{_length(seconds)} late in business time" if seconds else "late since the close"


def _apart(stopped: datetime, due: datetime, ahead_s: int) -> str:
    if stopped == due:
        return "on time to the second"
    if stopped < due:
        return f"{_length(ahead_s)} of business time before it was due"
    return late_words(-ahead_s)


def _length(seconds: int) -> str:
    return duration_words(timedelta(seconds=seconds), language="en")


def _days(count: int) -> str:
    return _many(count, "business day")


def _close(days: int) -> str:
    return f"close of the {ordinal(days)} business day"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 4th, 11th."""
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{tail or 'th'}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
