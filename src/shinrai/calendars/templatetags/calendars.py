"""Template tags of calendars: charts of weeks and months, and facts in words."""

from django import template
from django.utils.translation import gettext

from shinrai.calendars.rules.day_reasons import DayFacts
from shinrai.calendars.rules.due import CountedDay, DueExplanation
from shinrai.calendars.rules.hours import DAY_S, CalendarVersion, OpenInterval
from shinrai.calendars.rules.open_state import OpenState
from shinrai.calendars.rules.sentences import (
    CLOSED,
    due_text,
    fact_text,
    moment_text,
    now_text,
    span_text,
    special_text,
    weekly_text,
)
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.warnings import CalendarWarning
from shinrai.calendars.rules.year import Month, Special, sort_of
from shinrai.console.charts.month import Cell, MonthPicture, cell_sample, month
from shinrai.console.charts.svg import Drawing
from shinrai.console.charts.week import Band, Row, WeekPicture, week
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import MONTHS, WEEKDAYS, date_text, visible_words
from shinrai.units.text import Text

register = template.Library()
KEY = ("open", "none", "holiday", "closed", "dated_hours", "break", "clock_change")


@register.simple_tag
def open_now_words(name: str, now: OpenState) -> str:
    """Write whether the desk of a calendar is open, and until when."""
    sentence = Text("{name} {now}", name=visible_words(name), now=now_text(now))
    return reader_text(sentence)


@register.simple_tag
def week_picture(version: CalendarVersion, now: OpenState, prefix: str) -> Drawing:
    """Draw the weekly hours of a version, with a line at the present moment."""
    local = now.at.astimezone(zone_named(now.zone))
    return week(
        WeekPicture(
            title=gettext("Weekly hours"),
            desc=reader_text(weekly_text(version)),
            rows=tuple(_row(version, number, local.weekday()) for number in range(7)),
            now_s=local.hour * 3600 + local.minute * 60 + local.second,
        ),
        prefix=prefix,
    )


def _row(version: CalendarVersion, number: int, today: int) -> Row:
    before = version.weekly[(number - 1) % 7]
    carried = [OpenInterval(0, hours.to_s - DAY_S) for hours in before if hours.to_s > DAY_S]
    bands = [_band(hours, is_carried=True) for hours in carried]
    bands += [_band(hours) for hours in version.weekly[number]]
    return Row(
        label=reader_text(WEEKDAYS[number]),
        bands=tuple(bands),
        nothing="" if bands else reader_text(CLOSED),
        is_today=number == today,
    )


def _band(hours: OpenInterval, *, is_carried: bool = False) -> Band:
    words = str(hours).replace("-", "–")
    return Band(
        from_s=hours.from_s,
        to_s=min(hours.to_s, DAY_S),
        labels=() if is_carried else (words, words.replace(":00", "")),
        title=words,
        is_carried=is_carried,
    )


@register.simple_tag
def month_picture(shown: Month, now: OpenState, prefix: str) -> Drawing:
    """Draw a month of a calendar."""
    today = now.at.astimezone(zone_named(now.zone)).date()
    first = shown.first
    title = Text("{month} {on.year}", month=MONTHS[first.month - 1], on=first)
    open_days = sum(day.is_business_day for day in shown.days)
    return month(
        MonthPicture(
            title=reader_text(title),
            desc=gettext("%(n)s business days") % {"n": open_days},
            weekdays=tuple(reader_text(day)[:2] for day in WEEKDAYS),
            offset=first.weekday(),
            cells=tuple(
                Cell(day.on.day, sort_of(day), _day_title(day), is_today=day.on == today)
                for day in shown.days
            ),
        ),
        prefix=prefix,
    )


def _day_title(day: DayFacts) -> str:
    why = day_reasons(day)
    return f"{reader_text(date_text(day.on))} {day_hours(day)}" + (f" {why}" if why else "")


@register.simple_tag
def month_key(prefix: str) -> list[tuple[Drawing, str]]:
    """List the kinds of dates for the legend, each a sample cell and its name."""
    words = {
        "open": gettext("business day"),
        "none": gettext("no hours on this weekday"),
        "holiday": gettext("holiday"),
        "closed": gettext("closed day"),
        "dated_hours": gettext("hours of this date only"),
        "break": gettext("with a break"),
        "clock_change": gettext("clocks change"),
    }
    return [(cell_sample(sort, prefix=f"{prefix}-{sort}"), words[sort]) for sort in KEY]


@register.simple_tag
def day_hours(day: DayFacts) -> str:
    """Write when a date is open."""
    spans = [span_text(opens, closes, day) for opens, closes in day.spans]
    return reader_text(spans or CLOSED)


@register.simple_tag
def day_reasons(day: DayFacts) -> str:
    """Write why a date is open or closed."""
    return reader_text([fact_text(fact, day) for fact in day.facts])


@register.simple_tag
def dates_of(special: Special) -> str:
    """Write dates that differ from the weekly hours."""
    return reader_text(special_text(special))


@register.simple_tag
def hours_of_week(version: CalendarVersion) -> str:
    """Write the weekly hours of a version."""
    return reader_text(weekly_text(version))


@register.simple_tag
def valid_from(version: CalendarVersion) -> str:
    """Write from when a version is in force."""
    if version.valid_from is None:
        return gettext("from the beginning")
    return reader_text(date_text(version.valid_from))


@register.simple_tag
def reckoned_words(reckoned: DueExplanation) -> str:
    """Write when something counts as received, and when it is due."""
    zone = reckoned.zone
    effective, due = moment_text(reckoned.effective_at, zone), moment_text(reckoned.due_at, zone)
    return reader_text(due_text(effective, due, zone))


@register.simple_tag
def count_words(counted: CountedDay) -> str:
    """Write which business day a date counts as; "" if it does not count."""
    if counted.number is None:
        return ""
    if counted.number == 0:
        return reader_text(Text("day 0: it counts from here"))
    return reader_text(Text("business day {number}", number=counted.number))


@register.simple_tag
def note_words(note: CalendarWarning) -> str:
    """Write a warning about a calendar."""
    return reader_text(note.text)


@register.simple_tag
def day_words_of(day: DayFacts) -> str:
    """Write a date."""
    return reader_text(date_text(day.on))
