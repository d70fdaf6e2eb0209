"""Sentences about one clock: one for each fact."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.wording import WEEKDAYS, date_text, duration_text
from shinrai.objectives.rules.definition import BusinessDays, ClockDefinition
from shinrai.objectives.rules.explained import DaysOff, ExplainedClock
from shinrai.units.text import Text, bilingual, verbatim

STARTED = {
    "investigation": Text("filed"),
    "acknowledgement": Text("filed"),
    "first_reply": Text("received"),
    "next_reply": Text("written to again"),
    "resolution_first": Text("received"),
    "resolution_full": Text("received"),
    "held": Text("taken over"),
}
REOPENED = Text("reopened")
STOPPED = {
    "investigation": Text("answered"),
    "acknowledgement": Text("acknowledged"),
    "first_reply": Text("answered", context="reply"),
    "next_reply": Text("answered", context="reply"),
    "resolution_first": Text("solved"),
    "resolution_full": Text("solved"),
    "held": Text("handed on"),
}
# The same as verbs, which Japanese inflects.
HAS_STOPPED = {
    "investigation": Text("answered", context="has"),
    "acknowledgement": Text("acknowledged", context="has"),
    "first_reply": Text("answered", context="has replied"),
    "next_reply": Text("answered", context="has replied"),
    "resolution_first": Text("solved", context="has"),
    "resolution_full": Text("solved", context="has"),
    "held": Text("handed on", context="has"),
}
WAITING = {
    "sent_back": Text("sent back, facts missing", context="objectives"),
    "customer": Text("waiting for the customer"),
    "third_party": Text("waiting for a third party"),
    "problem": Text("waiting for a known problem"),
}


def summary(clock: ExplainedClock) -> Text:
    """Return one line: which day a case counts from, when it is due, and how it ended."""
    say = _Clock(clock)
    return Text(
        "counts as {day}; {due}; {ending}",
        day=say.day(clock.effective_on),
        due=say.due(),
        ending=say.ending(),
    )


def facts(clock: ExplainedClock) -> list[Text]:
    """Return everything that made a case due when it is, one sentence per fact."""
    say = _Clock(clock)
    target = reading(clock.definition)
    lines = [say.start(), Text("The target is {target}.", target=target)]
    lines += [say.off(days) for days in clock.days_off]
    lines += say.pauses()
    lines += [
        Text(
            "{day} does not count: the clock stood still at the close of that day.", day=say.day(on)
        )
        for on in clock.uncounted
    ]
    lines.append(Text("{sentence:capfirst}.", sentence=say.due()))
    if clock.pauses:
        lines.append(say.without_pauses())
    lines.append(Text("{sentence:capfirst}.", sentence=say.ending()))
    return lines


def reading(definition: ClockDefinition) -> Text:
    """Return how "2 business days" is counted, or how much open time is allowed."""
    within = definition.within
    if not isinstance(within, BusinessDays):
        return Text("{length} of business time", length=_length(within.seconds))
    days = within.days
    if within.by == "close" and days == 0:
        return Text("the close of the same business day")
    if within.by == "close":
        return Text(
            "{count} business day, read as: by the close of the {nth} business day after day 0",
            "{count} business days, read as: by the close of the {nth} business day after day 0",
            count=days,
            nth=ordinal(days),
        )
    if days == 0:
        return Text("at once, in opening hours")
    return Text(
        "{count} business day, read as: the same clock time {count} business day later",
        "{count} business days, read as: the same clock time {count} business days later",
        count=days,
    )


class _Clock:
    """The sentences about one clock, with moments in its own time zone."""

    def __init__(self, clock: ExplainedClock) -> None:
        self.clock = clock
        self.zone = zone_named(clock.zone)
        self.year = clock.at.astimezone(self.zone).year
        self.started = REOPENED if clock.is_reopened else STARTED[clock.definition.clock]
        self.stopped = HAS_STOPPED[clock.definition.clock]

    def day(self, on: date) -> Text:
        return date_text(on, has_year=on.year != self.year)

    def moment(self, at: datetime) -> Text:
        local = at.astimezone(self.zone)
        date = self.day(local.date())
        return Text("{date} {at:%H:%M}", context="clock", date=date, at=local)

    def short(self, at: datetime) -> Text:
        """Return a moment by weekday and time, without a date, if it is on the due date."""
        local = at.astimezone(self.zone)
        due = self.clock.due_at and self.clock.due_at.astimezone(self.zone)
        if due and due.date() == local.date() and local.year == self.year:
            return Text("{weekday} {at:%H:%M}", weekday=WEEKDAYS[local.weekday()], at=local)
        return self.moment(at)

    def start(self) -> Text:
        clock = self.clock
        began, counts = self.moment(clock.started_at), self.day(clock.effective_on)
        if clock.effective_at == clock.started_at:
            return Text(
                "{started:capfirst} {began}, in opening hours: counts as {day}, day 0.",
                started=self.started,
                began=began,
                day=counts,
            )
        return Text(
            "{started:capfirst} {began}, while the desk was shut: counts as {day}, day 0, "
            "from {effective}.",
            started=self.started,
            began=began,
            day=counts,
            effective=self.moment(clock.effective_at),
        )

    def off(self, days: DaysOff) -> Text:
        is_one = days.first == days.last
        name = bilingual(days.name, days.name_ja or days.name)
        which = self.day(days.first)
        if not is_one:
            which = Text(
                "{day} to {last_day}", day=self.day(days.first), last_day=self.day(days.last)
            )
        if days.kind == "holiday":
            return (
                Text("{which} is a holiday ({name}): no business day.", which=which, name=name)
                if is_one
                else Text(
                    "{which} are a holiday ({name}): no business day.", which=which, name=name
                )
            )
        if days.kind == "closed" and days.name:
            return (
                Text(
                    "{which} is closed by the company ({name}): no business day.",
                    which=which,
                    name=name,
                )
                if is_one
                else Text(
                    "{which} are closed by the company ({name}): no business day.",
                    which=which,
                    name=name,
                )
            )
        if days.kind == "closed":
            return (
                Text("{which} is closed by the company: no business day.", which=which)
                if is_one
                else Text("{which} are closed by the company: no business day.", which=which)
            )
        return (
            Text("{which} is not worked.", which=which)
            if is_one
            else Text("{which} are not worked.", which=which)
        )

    def pauses(self) -> list[Text]:
        said = []
        for pause in self.clock.pauses:
            since = self.moment(pause.since)
            why = WAITING.get(pause.reason, verbatim(pause.reason))
            if pause.until:
                until = self.moment(pause.until)
                said.append(
                    Text(
                        "The clock stood still from {since} to {until} ({why}).",
                        since=since,
                        until=until,
                        why=why,
                    )
                    if pause.reason
                    else Text(
                        "The clock stood still from {since} to {until}.", since=since, until=until
                    )
                )
            else:
                said.append(
                    Text(
                        "The clock stood still from {since} and still does ({why}).",
                        since=since,
                        why=why,
                    )
                    if pause.reason
                    else Text("The clock stood still from {since} and still does.", since=since)
                )
        return said

    def due(self) -> Text:
        clock, within = self.clock, self.clock.definition.within
        if clock.due_at is None:
            return Text("has no due time while the clock stands still")
        moment = self.moment(clock.due_at)
        if not isinstance(within, BusinessDays):
            target = reading(clock.definition)
            return Text("due {moment} ({target})", moment=moment, target=target)
        if within.by != "close":
            return Text("due {moment}", moment=moment)
        if within.days == 0:
            return Text("due {moment}", context="at the close", moment=moment)
        return Text(
            "due {moment} (close of the {nth} business day)",
            moment=moment,
            nth=ordinal(within.days),
        )

    def without_pauses(self) -> Text:
        clock = self.clock
        if clock.due_without_pauses_at == clock.due_at:
            return Text("The pauses did not move it.")
        return Text(
            "Without pauses it would be due {moment}.",
            moment=self.moment(clock.due_without_pauses_at),
        )

    def ending(self) -> Text:
        clock, state = self.clock, self.clock.state
        if state is None:
            return Text(
                "not {started} yet at {moment}", started=self.started, moment=self.moment(clock.at)
            )
        if state == "void" and clock.cancelled_at:
            at = self.short(clock.cancelled_at)
            return (
                Text("cancelled {at}, as spam: does not count", at=at)
                if clock.spam
                else Text("cancelled {at}, before it was due: does not count", at=at)
            )
        if state == "paused" and clock.paused_since:
            return Text("paused since {short}", short=self.short(clock.paused_since))
        if state == "missed" and clock.cancelled_at and not self._has_stopped():
            return Text(
                "cancelled {short}, too late: it stays missed", short=self.short(clock.cancelled_at)
            )
        if state == "exempt" and clock.exempted_at:
            return Text(
                "handled beyond the target since {short}; {stopped}",
                short=self.short(clock.exempted_at),
                stopped=self._stopped(),
            )
        return self._stopped()

    def _has_stopped(self) -> bool:
        clock = self.clock
        return bool(clock.due_at and clock.stopped_at and clock.stopped_at <= clock.at)

    def _stopped(self) -> Text:
        """Return whether it was done, and how long before or after the due moment."""
        clock, due, ahead_s = self.clock, self.clock.due_at, self.clock.ahead_s or 0
        if due is None:
            return Text("not {stopped} yet", stopped=self.stopped)
        if clock.stopped_at and self._has_stopped():
            return Text(
                "{stopped} {at}, {apart}",
                stopped=self.stopped,
                at=self.short(clock.stopped_at),
                apart=_apart(clock.stopped_at, due, ahead_s),
            )
        if clock.at > due:
            late = late_text(-ahead_s)
            return Text("not {stopped} yet, {late}", stopped=self.stopped, late=late)
        left = _length(clock.left_s or 0)
        return Text(
            "not {stopped} yet, {left} of business time left", stopped=self.stopped, left=left
        )


def late_text(seconds: int) -> Text:
    """Return how late something is, always in business time."""
    if seconds:
        return Text("{length} of business time past due", length=_length(seconds))
    return Text("past due since the close")


def _apart(stopped: datetime, due: datetime, ahead_s: int) -> Text:
    if stopped == due:
        return Text("on time to the second")
    if stopped < due:
        return Text("{length} of business time before it was due", length=_length(ahead_s))
    return Text("{late}", context="stopped", late=late_text(-ahead_s))


def _length(seconds: int) -> Text:
    return duration_text(timedelta(seconds=seconds))


def ordinal(number: int) -> Text:
    """Return 1st, 2nd, 3rd, 4th, 11th; Japanese writes 第1 and uses the number alone."""
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return Text("{number}{tail}", number=number, tail=tail or "th")
