"""Calendars on a page: the week and the months as pictures, and their facts in words."""

from datetime import datetime

from django import template
from django.utils.translation import get_language, gettext

from shinrai.calendars.rules.day_reasons import DayFacts
from shinrai.calendars.rules.due import CountedDay, DueExplanation
from shinrai.calendars.rules.hours import DAY_S, CalendarVersion, OpenInterval
from shinrai.calendars.rules.open_state import OpenState
from shinrai.calendars.rules.sentences import (
    EN_DAYS,
    EN_MONTHS,
    JA_DAYS,
    date_words,
    due_words,
    fact_words,
    moment_words,
    now_words,
    span_words,
    special_words,
    weekly_words,
)
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.year import Month, Special, sort_of
from shinrai.console.charts.month import Cell, MonthPicture, cell_sample, month
from shinrai.console.charts.svg import Drawing
from shinrai.console.charts.week import Band, Row, WeekPicture, week
from shinrai.console.rules.wording import Language, language_of, visible_words

register = template.Library()
KEY = ("open", "none", "holiday", "closed", "dated_hours", "break", "clock_change")


@register.simple_tag
def open_now_words(name: str, now: OpenState) -> str:
    """Say whether the desk of a calendar is open, and until when."""
    joint = "は" if _language() == "ja" else " "
    return f"{visible_words(name)}{joint}{now_words(now, _language())}"


@register.simple_tag
def week_picture(version: CalendarVersion, now: OpenState, prefix: str) -> Drawing:
    """Draw the weekly hours of a version, with the moment it is now."""
    local = now.at.astimezone(zone_named(now.zone))
    return week(
        WeekPicture(
            title=gettext("Weekly hours"),
            desc=weekly_words(version, _language()),
            rows=tuple(_row(version, number, local.weekday()) for number in range(7)),
            now_s=local.hour * 3600 + local.minute * 60 + local.second,
        ),
        prefix=prefix,
    )


def _row(version: CalendarVersion, number: int, today: int) -> Row:
    names = JA_DAYS if _language() == "ja" else EN_DAYS
    before = version.weekly[(number - 1) % 7]
    carried = [OpenInterval(0, hours.to_s - DAY_S) for hours in before if hours.to_s > DAY_S]
    bands = [_band(hours, is_carried=True) for hours in carried]
    bands += [_band(hours) for hours in version.weekly[number]]
    return Row(
        label=names[number],
        bands=tuple(bands),
        nothing="" if bands else _closed(),
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
    ja = _language() == "ja"
    first = shown.first
    title = f"{first.year}年{first.month}月" if ja else f"{EN_MONTHS[first.month - 1]} {first.year}"
    open_days = sum(day.is_business_day for day in shown.days)
    return month(
        MonthPicture(
            title=title,
            desc=gettext("%(n)s business days") % {"n": open_days},
            weekdays=tuple(JA_DAYS if ja else (name[:2] for name in EN_DAYS)),
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
    return f"{date_words(day.on, _language())} {day_hours(day)}" + (f" {why}" if why else "")


@register.simple_tag
def month_key(prefix: str) -> list[tuple[Drawing, str]]:
    """List the sorts of dates with their words."""
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
    """Say when a date is open."""
    separator = "、" if _language() == "ja" else ", "
    said = [span_words(opens, closes, day, _language()) for opens, closes in day.spans]
    return separator.join(said) or _closed()


@register.simple_tag
def day_reasons(day: DayFacts) -> str:
    """Say what makes a date what it is."""
    separator = "、" if _language() == "ja" else ", "
    return separator.join(fact_words(fact, day, _language()) for fact in day.facts)


@register.simple_tag
def dates_of(special: Special) -> str:
    """Say the dates of a stretch that differs from the week."""
    return special_words(special, _language())


@register.simple_tag
def hours_of_week(version: CalendarVersion) -> str:
    """Say the weekly hours of a version."""
    return weekly_words(version, _language())


@register.simple_tag
def valid_from(version: CalendarVersion) -> str:
    """Say from when a version holds."""
    if version.valid_from is None:
        return gettext("from the beginning")
    return date_words(version.valid_from, _language())


@register.simple_tag
def reckoned_words(reckoned: DueExplanation) -> str:
    """Say when something counts, and when it is due."""

    def said(at: datetime) -> str:
        return moment_words(at, reckoned.zone, _language())

    return due_words(said(reckoned.effective_at), said(reckoned.due_at), reckoned.zone, _language())


@register.simple_tag
def count_words(counted: CountedDay) -> str:
    """Say which business day a date counts as."""
    if counted.number is None:
        return ""
    if _language() == "ja":
        return "受付扱い日（0日目）" if counted.number == 0 else f"{counted.number}営業日目"
    return "day 0: it counts from here" if counted.number == 0 else f"business day {counted.number}"


@register.simple_tag
def note_words(note: object) -> str:
    """Say what a calendar cannot vouch for."""
    return str(getattr(note, _language()))


@register.simple_tag
def day_words_of(day: DayFacts) -> str:
    """Say a date."""
    return date_words(day.on, _language())


def _closed() -> str:
    return "休み" if _language() == "ja" else "closed"


def _language() -> Language:
    return language_of(get_language())
