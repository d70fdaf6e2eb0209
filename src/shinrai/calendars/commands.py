"""Commands of calendars: business time from a calendar file, and calendars in the books.

What reads only a file loads neither Django nor NumPy: it answers at once.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from shinrai.calendars.files import UnreadableFile, calendar_document
from shinrai.calendars.rules import business_time
from shinrai.calendars.rules.asked import END, START, BadMoment, read_moment, read_pause
from shinrai.calendars.rules.business_time import effective
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import calendar_digest, read_calendar, write_calendar
from shinrai.calendars.rules.hours import DAY, Calendar
from shinrai.calendars.rules.journey import DayFacts, day_facts, journey
from shinrai.calendars.rules.notes import Note, horizon_notes, saving_notes
from shinrai.calendars.rules.parts import BadCalendar
from shinrai.calendars.rules.words import day_words, due_words, elapsed_words, moment_words
from shinrai.cli.errors import ExitCode, Refusal
from shinrai.cli.frame import RoomGroup, json_option, workspace_option
from shinrai.cli.language import language, said
from shinrai.cli.moments import DAY as DATE
from shinrai.cli.moments import now
from shinrai.cli.output import json_text, print_answer
from shinrai.units.wording import SaidInBoth

LONGEST_SHOW = 3660  # days
LONGEST_STORY = 62  # days told one by one; nobody reads more

calendar_option = click.option(
    "--calendar", "path", type=Path, required=True, metavar="FILE", help="The calendar, as YAML."
)
pause_option = click.option(
    "--pause",
    "pause_texts",
    multiple=True,
    metavar="FROM/TO",
    help="The clock stood still; `FROM/` if it still does. May be given many times.",
)


@click.group(cls=RoomGroup)
def group() -> None:
    """Business time: elapsed, due, show and check a calendar.

    Moments are ISO 8601; one without an offset is read on the calendar's own clocks.

    Example: shinrai calendars due --calendar desk.yaml 2026-06-02T11:00 --business-days 2
    --by close
    """


@group.command(name="elapsed")
@click.argument("start")
@click.argument("end")
@calendar_option
@pause_option
@json_option
def elapsed_command(
    start: str, end: str, path: Path, pause_texts: tuple[str, ...], as_json: bool
) -> None:
    """Count the business seconds in [START, END), less the pauses.

    Moments without an offset are read on the calendar's own clocks.

    Example: shinrai calendars elapsed --calendar desk.yaml 2026-06-02T11:00 2026-06-04T15:00
    --pause 2026-06-03T10:00/2026-06-03T14:00 --json
    """
    with _refusing(as_json):
        calendar = read_calendar(calendar_document(path))
        begins = read_moment(calendar, start, START)
        ends = read_moment(calendar, end, END)
        pauses = [read_pause(calendar, text) for text in pause_texts]
        passed = business_time.elapsed(calendar, begins, ends, pauses)
        notes = _notes(calendar, begins, ends)
    seconds = passed / timedelta(seconds=1)
    zone = calendar.version_at(begins).zone
    bounds = tuple(moment_words(at, zone, language()) for at in (begins, ends))
    _answer(
        {"business_seconds": int(seconds) if seconds.is_integer() else seconds},
        notes,
        as_json=as_json,
        words=elapsed_words(passed, (bounds[0], bounds[1]), zone, language()),
    )


@group.command(name="due")
@click.argument("start")
@calendar_option
@click.option("--business-seconds", type=int, help="Due when so much open time has passed.")
@click.option("--business-days", type=int, help="Due so many business days later.")
@click.option(
    "--by",
    type=click.Choice(["close", "same-time"]),
    help="How business days are read: by the close of the last, or at the same clock time.",
)
@pause_option
@json_option
def due_command(
    start: str,
    path: Path,
    business_seconds: int | None,
    business_days: int | None,
    by: str | None,
    pause_texts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say when something is due, and why; null while a pause goes on.

    Moments without an offset are read on the calendar's own clocks.

    Example: shinrai calendars due --calendar desk.yaml 2026-06-02T11:00 --business-days 2
    --by close --pause 2026-06-03T10:00/ --json
    """
    with _refusing(as_json):
        _one_target(business_seconds, business_days, by)
        calendar = read_calendar(calendar_document(path))
        begins = read_moment(calendar, start, START)
        pauses = [read_pause(calendar, text) for text in pause_texts]
        counts_at = effective(calendar, begins)
        if business_seconds is not None:
            due_at = business_time.due(calendar, begins, business_seconds, pauses)
        elif by == "close":
            due_at = business_time.due_by_close(calendar, begins, business_days or 0, pauses)
        else:
            due_at = business_time.due_same_time(calendar, begins, business_days or 0, pauses)
        until = due_at or max(counts_at, *(pause[0] for pause in pauses))
        notes = _notes(calendar, begins, until)
        story = journey(calendar, begins, until, pauses)[:LONGEST_STORY]
    zone = calendar.version_at(counts_at).zone
    spoken = None if due_at is None else moment_words(due_at, zone, language())
    sentence = due_words(moment_words(counts_at, zone, language()), spoken, zone, language())
    _answer(
        {"effective_at": _local(calendar, counts_at), "due_at": _local(calendar, due_at)},
        notes,
        as_json=as_json,
        words="\n".join((sentence, *(f"  {day_words(day, language())}" for day in story))),
    )


@group.command()
@calendar_option
@click.option("--from", "first", type=DATE, required=True, help="The first date: 2026-06-01.")
@click.option("--to", "last", type=DATE, required=True, help="The last date, included.")
@json_option
def show(path: Path, first: date, last: date, as_json: bool) -> None:
    """List each local date: when it is open, or why it is closed.

    Example: shinrai calendars show --calendar desk.yaml --from 2026-04-27 --to 2026-05-11
    """
    with _refusing(as_json):
        calendar = read_calendar(calendar_document(path))
        count = _date_count(first, last)
        days = [day_facts(calendar, first + passed * DAY) for passed in range(count)]
        notes = horizon_notes(calendar, first, last)
    answer = {"days": [_day_document(calendar, day) for day in days]}
    words = "\n".join(day_words(day, language()) for day in days)
    _answer(answer, notes, as_json=as_json, words=words)


@group.command()
@calendar_option
@json_option
def check(path: Path, as_json: bool) -> None:
    """Say whether a calendar can be kept: exit 0 if it can, 3 with the reason if not.

    Example: shinrai calendars check --calendar desk.yaml
    """
    today = now()
    with _refusing(as_json, exit_code=ExitCode.NO):
        calendar = read_calendar(calendar_document(path))
        opens_at = effective(calendar, today)
    on = calendar.local(today).date()
    written = write_calendar(calendar)
    zone = calendar.version_at(opens_at).zone
    opening = moment_words(opens_at, zone, language())
    count = len(calendar.versions)
    _answer(
        {
            "ok": True,
            "digest": calendar_digest(written),
            "next_open_at": _local(calendar, opens_at),
            "versions": written.get("versions", [written]),
        },
        (*saving_notes(calendar), *horizon_notes(calendar, on, on + 365 * DAY)),
        as_json=as_json,
        words=said(
            en=f"{path} is a good calendar: {count} version{'s' * (count > 1)}, next open "
            f"{opening} ({zone}).",
            ja=f"{path} は正しいカレンダーです（{count}版）。次の営業は{opening}（{zone}）です。",
        ),
    )


@group.command()
@click.argument("path", metavar="FILE", type=Path)
@workspace_option
@click.option("--name", help="What objectives call it; the file's name without one.")
@json_option
def add(path: Path, workspace: str, name: str | None, as_json: bool) -> None:
    """Save a calendar file into a workspace, as a new revision if it says something new.

    Example: shinrai calendars add desk.yaml --workspace tanuki --name desk
    """
    with _refusing(as_json):
        document = calendar_document(path)
        notes = saving_notes(read_calendar(document))
    _stand_on_books()
    from shinrai.accounts.commands import by_command
    from shinrai.accounts.queries import UnknownWorkspace, workspace_named
    from shinrai.calendars.operations import BadCalendarName, save_calendar

    with _refusing(as_json, UnknownWorkspace, BadCalendarName):
        record = save_calendar(
            workspace_id=workspace_named(workspace).id,
            name=path.stem if name is None else name,
            document=document,
            at=now(),
            by=by_command(),
        )
    words = said(
        en=f"{record.name} holds as revision {record.revision}, saved {record.saved_at:%Y-%m-%d}.",
        ja=f"{record.name} は第{record.revision}版が有効です（{record.saved_at:%Y-%m-%d} 保存）。",
    )
    answer = {"name": record.name, "revision": record.revision, "digest": record.digest}
    _answer(answer, notes, as_json=as_json, words=words)


@group.command(name="list")
@workspace_option
@json_option
def list_calendars(workspace: str, as_json: bool) -> None:
    """List the calendars of a workspace.

    Example: shinrai calendars list --workspace tanuki --json
    """
    _stand_on_books()
    from shinrai.accounts.queries import UnknownWorkspace, workspace_named
    from shinrai.calendars.queries import calendars

    with _refusing(as_json, UnknownWorkspace):
        found = calendars(workspace_id=workspace_named(workspace).id)
    fields = ("name", "revision", "digest", "saved_at", "by")
    rows = [{field: getattr(record, field) for field in fields} for record in found]
    lines = [f"{record.name:<24} {record.revision:>4}  {record.saved_at:%F}" for record in found]
    nothing = said(en="no calendars yet", ja="カレンダーはまだありません")
    print_answer({"calendars": rows}, as_json=as_json, words="\n".join(lines) or nothing)


@contextmanager
def _refusing(
    as_json: bool, *errors: type[SaidInBoth], exit_code: ExitCode = ExitCode.ASKED_WRONGLY
) -> Iterator[None]:
    """Turn what rules refuse into words on standard error, and for programs into JSON too."""
    readable: tuple[type[SaidInBoth], ...] = (BadCalendar, UnreadableFile, NothingOpen, BadMoment)
    try:
        yield
    except readable + errors as error:
        refusal = _refusal(error, exit_code)
    except OverflowError:
        refusal = Refusal(
            said(
                en="that much time cannot be counted; ask for less",
                ja="その長さの時間は計算できません。もっと短くしてください",
            )
        )
    except Refusal as error:
        refusal = error
    else:
        return
    if as_json:
        said_so = {"what": refusal.message, "where": refusal.where, "next": refusal.next}
        click.echo(json_text({"error": said_so}))
    raise refusal


def _refusal(error: SaidInBoth, exit_code: ExitCode) -> Refusal:
    match error:
        case UnreadableFile():  # the question was wrong, whatever it was about
            next_step = error.next_step[language()]
            return Refusal(error.what[language()], where=str(error.path), next=next_step)
        case BadCalendar():
            what, where = error.what[language()], error.where[language()]
            next_step = error.next_step[language()] if error.next_step else ""
            return Refusal(what, where=where, next=next_step, exit_code=exit_code)
        case NothingOpen() if exit_code is ExitCode.ASKED_WRONGLY:
            return Refusal(error.said[language()], exit_code=ExitCode.COULD_NOT_SAY)
        case _:
            return Refusal(error.said[language()], exit_code=exit_code)


def _one_target(business_seconds: int | None, business_days: int | None, by: str | None) -> None:
    if (business_seconds is None) == (business_days is None):
        raise Refusal(
            said(en="give one target", ja="目標を一つ指定してください"),
            next="--business-seconds N | --business-days N --by close|same-time",
        )
    if (business_days is None) != (by is None):
        raise Refusal(
            said(
                en="--business-days can be read in two ways, --business-seconds in one",
                ja="--business-days には数え方の指定が必要です",
            ),
            next="--business-days N --by close|same-time",
        )
    if min(business_seconds or 0, business_days or 0) < 0:
        asked, ja_asked = (
            (f"{business_days} business days", f"{business_days}営業日")
            if business_seconds is None
            else (f"{business_seconds} s", f"{business_seconds}秒")
        )
        raise Refusal(
            said(
                en=f"a target of {asked} cannot be; give 0 or more",
                ja=f"目標を{ja_asked}にはできません。0 以上を指定してください",
            )
        )


def _date_count(first: date, last: date) -> int:
    count = (last - first).days + 1
    if not 1 <= count <= LONGEST_SHOW:
        raise Refusal(
            said(
                en=f"{first} to {last} is {'reversed' if count < 1 else 'too long'}",
                ja=f"{first} から {last} までは表示できません",
            ),
            next=f"--from {min(first, last)} --to {max(first, last)}"
            if count < 1
            else said(en=f"ask for {LONGEST_SHOW} days at most", ja=f"{LONGEST_SHOW}日まで"),
        )
    return count


def _notes(calendar: Calendar, start: datetime, end: datetime) -> tuple[Note, ...]:
    dates = [calendar.local(at).date() for at in (start, end)]
    return horizon_notes(calendar, min(dates), max(dates))


def _answer(document: dict[str, Any], notes: Iterable[Note], *, as_json: bool, words: str) -> None:
    warnings = [note.ja if language() == "ja" else note.en for note in notes]
    for warning in warnings:
        click.echo(said(en=f"warning: {warning}", ja=f"注意: {warning}"), err=True)
    if warnings:
        document = {**document, "warnings": warnings}
    print_answer(document, as_json=as_json, words=words)


def _local(calendar: Calendar, at: datetime | None) -> str | None:
    return None if at is None else calendar.local(at).isoformat()


def _day_document(calendar: Calendar, day: DayFacts) -> dict[str, Any]:
    return {
        "on": day.on,
        "zone": day.zone,
        "is_business_day": day.is_business_day,
        "open": [[_local(calendar, bound) for bound in span] for span in day.spans],
        "reasons": [
            {"kind": fact.kind, "name": fact.name, "name_ja": fact.name_ja} for fact in day.facts
        ],
    }


def _stand_on_books() -> None:
    """Open the books, as the house does for rooms that always need them.

    `site` leaves the way to do it on the command's context; where there is none, as under a test
    runner, the books are open already.
    """
    open_books = click.get_current_context().find_root().meta.get("shinrai.open_books")
    if open_books is not None:
        open_books()
