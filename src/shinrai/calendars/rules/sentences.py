"""Dates, hours and due moments in words."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.day_reasons import DayFacts, Fact
from shinrai.calendars.rules.hours import DAY, CalendarVersion
from shinrai.calendars.rules.open_state import OpenState
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.year import Special
from shinrai.console.rules.wording import WEEKDAYS, date_text, dates_text, length_text
from shinrai.units.text import Text, bilingual


def moment_text(at: datetime, zone: str) -> Text:
    """Write a moment in the local time of a zone: Wed 3 June 2026 18:00."""
    local = at.astimezone(zone_named(zone))
    return Text("{date} {time}", date=date_text(local.date()), time=_time(local))


def day_text(day: DayFacts) -> Text:
    """Write in one line when a date is open, and why."""
    hours = [span_text(opens, closes, day) for opens, closes in day.spans] or CLOSED
    why = [fact_text(fact, day) for fact in day.facts]
    if not why:
        return Text("{date}  {hours}", date=date_text(day.on), hours=hours)
    return Text("{date}  {hours} ({why})", date=date_text(day.on), hours=hours, why=why)


def fact_text(fact: Fact, day: DayFacts) -> Text:
    """Write one reason why a date is open or closed."""
    text = FACTS[fact.kind]
    if fact.kind in ("holiday", "closed", "break") and fact.name:
        text = Text("{kind}: {name}", kind=text, name=bilingual(fact.name, fact.name_ja))
    if fact.kind in ("break", "pause") and fact.span:
        return Text("{whole} {part}", whole=text, part=span_text(*fact.span, day))
    if fact.kind == "clock_change" and fact.span and fact.span[1]:
        hours = (fact.span[1] - fact.span[0]) / timedelta(hours=1)
        return text.using(hours=f"{hours:g}")
    return text


CLOSED = Text("closed", context="calendars")
FACTS = {
    "not_in_force": Text("before the calendar's first version"),
    "skipped_date": Text("the zone skipped this date"),
    "no_hours": Text("no hours on this weekday"),
    "holiday": Text("holiday"),
    "closed": Text("closed", context="date"),
    "dated_hours": Text("hours of this date only"),
    "break": Text("break"),
    "clock_change": Text("clocks change, the date has {hours} h"),
    "pause": Text("paused", context="calendars"),
    "paused_at_close": Text("paused at the close: does not count"),
}


def span_text(start: datetime, end: datetime | None, day: DayFacts) -> Text:
    """Write a time span in a date's zone: 10:00–18:00; other dates are written out."""
    zone = zone_named(day.zone)
    begins = _near(start.astimezone(zone), day.on)
    if end is None:
        return Text("{begins}–{ends}", begins=begins, ends="")
    local = end.astimezone(zone)
    is_midnight = local.date() == day.on + DAY and not any((local.hour, local.minute, local.second))
    ends = "24:00" if is_midnight else _near(local, day.on)
    return Text("{begins}–{ends}", begins=begins, ends=ends)


def _near(local: datetime, on: date) -> Text | str:
    if local.date() == on:
        return _time(local)
    return Text("{on.day} {on:%b} {time}", on=local, time=_time(local))


def _time(local: datetime) -> str:
    if local.microsecond:
        return local.strftime("%H:%M:%S.%f")
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def elapsed_text(passed: timedelta, start: Text, end: Text, zone: str) -> Text:
    """Write one sentence: how much business time passed between two moments."""
    return Text(
        "{length} of business time ({seconds} s) passed between {start} and {end} ({zone}).",
        length=exact_length(passed),
        seconds=f"{passed.total_seconds():,.6f}".rstrip("0").rstrip("."),
        start=start,
        end=end,
        zone=zone,
    )


def due_text(effective: Text, due: Text | None, zone: str) -> Text:
    """Write one sentence: when something counts as received, and when it is due."""
    if due is None:
        return Text(
            "Counts as {effective}; paused, so there is no due time ({zone}).",
            effective=effective,
            zone=zone,
        )
    return Text(
        "Counts as {effective}; due {due} ({zone}).", effective=effective, due=due, zone=zone
    )


def exact_length(length: timedelta) -> Text:
    """Write a duration in hours, minutes and seconds; not in days, as business days differ."""
    seconds = length // timedelta(seconds=1)
    return length_text(seconds) if seconds else Text("{seconds} s", seconds=0)


def now_text(now: OpenState) -> Text:
    """Write whether a desk is open and until when, to follow its name in a sentence."""
    if now.changes_at is None and now.is_open:
        return Text("is open now and never closes.")
    if now.changes_at is None:
        return Text("is closed now and does not open again.")
    when = _when(now, now.changes_at)
    if now.is_open:
        return Text("is open now and closes {when}.", when=when)
    why = _why_closed(now)
    if why is None:
        return Text("is closed now and opens {when}.", when=when)
    return Text("is closed now ({why}) and opens {when}.", why=why, when=when)


def _when(now: OpenState, changes_at: datetime) -> Text:
    zone = zone_named(now.zone)
    there, here = changes_at.astimezone(zone), now.at.astimezone(zone)
    ahead, time = (there.date() - here.date()).days, _time(there)
    if ahead == 0:
        return Text("today at {time}", time=time)
    if ahead == 1:
        return Text("tomorrow at {time}", time=time)
    day = date_text(there.date(), has_year=False)
    return Text("on {day} at {time}", day=day, time=time)


def _why_closed(now: OpenState) -> Text | None:
    """Return the holiday or closed day as text; None for nights and breaks."""
    for kind in ("holiday", "closed"):
        for fact in now.today.facts:
            if fact.kind == kind:
                return fact_text(fact, now.today)
    return None


def weekly_text(version: CalendarVersion) -> Text:
    """Write the hours of a week, equal days together: Mon–Fri 10:00–12:00, 13:00–18:00."""
    said: list[Text] = []
    first = 0
    for number in range(7):
        if number < 6 and version.weekly[number + 1] == version.weekly[first]:
            continue
        if version.weekly[first]:
            days = WEEKDAYS[first]
            if first != number:
                days = Text("{first}–{last}", first=days, last=WEEKDAYS[number])
            hours = [str(hours).replace("-", "–") for hours in version.weekly[first]]
            said.append(Text("{days} {hours}", days=days, hours=hours))
        first = number + 1
    if not said:
        return Text("no weekly hours")
    whole, *rest = said
    for part in rest:
        whole = Text("{whole}; {part}", whole=whole, part=part)
    return whole


def special_text(special: Special) -> Text:
    """Write dates that differ from the weekly hours: Tue 29 December – Sun 3 January."""
    if special.first == special.last:
        return date_text(special.first)
    return dates_text(special.first, special.last)
