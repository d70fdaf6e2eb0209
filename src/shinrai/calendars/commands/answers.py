"""Shared parts of the calendar commands: error messages, checks, and answers in words or JSON."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import click

from shinrai.calendars.commands.files import UnreadableFile
from shinrai.calendars.rules.day_reasons import DayFacts
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.moment_text import BadCalendarMoment
from shinrai.calendars.rules.warnings import CalendarWarning, horizon_warnings
from shinrai.cli.errors import ExitCode, Refusal
from shinrai.cli.language import language, translate
from shinrai.cli.output import json_text, print_answer
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LONGEST_SHOW = 3660  # days


@contextmanager
def refusing(
    as_json: bool, *errors: type[UserError], exit_code: ExitCode = ExitCode.ASKED_WRONGLY
) -> Iterator[None]:
    """Turn errors raised inside the block into messages on standard error, and in JSON if asked."""
    readable: tuple[type[UserError], ...] = (
        BadCalendar,
        UnreadableFile,
        NothingOpen,
        BadCalendarMoment,
    )
    try:
        yield
    except readable + errors as error:
        refusal = _refusal(error, exit_code)
    except OverflowError:
        refusal = Refusal(translate("that much time cannot be counted; ask for less"))
    except Refusal as error:
        refusal = error
    else:
        return
    if as_json:
        said_so = {"what": refusal.message, "where": refusal.where, "next": refusal.next}
        click.echo(json_text({"error": said_so}))
    raise refusal


def _refusal(error: UserError, exit_code: ExitCode) -> Refusal:
    match error:
        case UnreadableFile():  # the question was wrong, whatever it was about
            next_step = error.next_step[language()]
            return Refusal(error.what[language()], where=str(error.path), next=next_step)
        case BadCalendar():
            what, where = error.what[language()], error.where[language()]
            next_step = error.next_step[language()] if error.next_step else ""
            return Refusal(what, where=where, next=next_step, exit_code=exit_code)
        case NothingOpen() if exit_code is ExitCode.ASKED_WRONGLY:
            return Refusal(error.text[language()], exit_code=ExitCode.COULD_NOT_SAY)
        case _:
            return Refusal(error.text[language()], exit_code=exit_code)


def require_one_target(
    business_seconds: int | None, business_days: int | None, by: str | None
) -> None:
    """Raise a Refusal unless exactly one clear target of 0 or more is given."""
    if (business_seconds is None) == (business_days is None):
        raise Refusal(
            translate("give one target"),
            next="--business-seconds N | --business-days N --by close|same-time",
        )
    if (business_days is None) != (by is None):
        raise Refusal(
            translate("--business-days can be read in two ways, --business-seconds in one"),
            next="--business-days N --by close|same-time",
        )
    if min(business_seconds or 0, business_days or 0) < 0:
        asked = (
            Text("{count} business days", count=business_days)
            if business_seconds is None
            else Text("{seconds} s", seconds=business_seconds)
        )
        raise Refusal(translate("a target of {asked} cannot be; give 0 or more", asked=asked))


def date_count(first: date, last: date) -> int:
    """Return the number of dates from first to last.

    Raises: Refusal if it is less than one, or more than can be shown.
    """
    count = (last - first).days + 1
    if not 1 <= count <= LONGEST_SHOW:
        raise Refusal(
            (
                translate("{first} to {last} is reversed", first=first, last=last)
                if count < 1
                else translate("{first} to {last} is too long", first=first, last=last)
            ),
            next=f"--from {min(first, last)} --to {max(first, last)}"
            if count < 1
            else translate("ask for {longest_show} days at most", longest_show=LONGEST_SHOW),
        )
    return count


def notes_between(
    calendar: Calendar, start: datetime, end: datetime
) -> tuple[CalendarWarning, ...]:
    """Return warnings about holidays not known yet between two moments, in either order."""
    dates = [calendar.local(at).date() for at in (start, end)]
    return horizon_warnings(calendar, min(dates), max(dates))


def print_with_notes(
    document: dict[str, Any], notes: Iterable[CalendarWarning], *, as_json: bool, words: str
) -> None:
    """Print an answer, and its warnings to standard error; JSON contains both."""
    warnings = [translate(note.text) for note in notes]
    for warning in warnings:
        click.echo(translate("warning: {warning}", warning=warning), err=True)
    if warnings:
        document = {**document, "warnings": warnings}
    print_answer(document, as_json=as_json, words=words)


def local_text(calendar: Calendar, at: datetime | None) -> str | None:
    """Write a moment in ISO 8601, in the calendar's local time."""
    return None if at is None else calendar.local(at).isoformat()


def day_document(calendar: Calendar, day: DayFacts) -> dict[str, Any]:
    """Return the JSON document of a date: when it is open, or why it is not."""
    return {
        "on": day.on,
        "zone": day.zone,
        "is_business_day": day.is_business_day,
        "open": [[local_text(calendar, bound) for bound in span] for span in day.spans],
        "reasons": [
            {"kind": fact.kind, "name": fact.name, "name_ja": fact.name_ja} for fact in day.facts
        ],
    }
