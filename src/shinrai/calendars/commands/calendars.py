"""Commands of calendars: business time from a calendar file, and calendars in the database.

Commands that only read a file load neither Django nor NumPy, so they answer at once.
"""

from datetime import date, timedelta
from pathlib import Path

import click

from shinrai.calendars.commands.answers import (
    date_count,
    day_document,
    local_text,
    notes_between,
    print_with_notes,
    refusing,
    require_one_target,
)
from shinrai.calendars.commands.events import event
from shinrai.calendars.commands.files import calendar_document
from shinrai.calendars.rules import business_time
from shinrai.calendars.rules.business_time import effective
from shinrai.calendars.rules.day_reasons import day_facts, explain_days
from shinrai.calendars.rules.document import calendar_digest, read_calendar, write_calendar
from shinrai.calendars.rules.due import Target, Unit, due_moment
from shinrai.calendars.rules.hours import DAY
from shinrai.calendars.rules.moment_text import END, START, read_moment, read_pause
from shinrai.calendars.rules.sentences import day_text, due_text, elapsed_text, moment_text
from shinrai.calendars.rules.warnings import horizon_warnings, saving_warnings
from shinrai.cli.errors import ExitCode
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY as DATE
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer

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


@click.group(cls=StandardGroup)
def group() -> None:
    """Business time: elapsed, due, show and check a calendar.

    Moments are ISO 8601; one without an offset is read on the calendar's own clocks.

    Example: shinrai calendars due --calendar desk.yaml 2026-06-02T11:00 --business-days 2
    --by close
    """


group.add_command(event)


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
    with refusing(as_json):
        calendar = read_calendar(calendar_document(path))
        begins = read_moment(calendar, start, START)
        ends = read_moment(calendar, end, END)
        pauses = [read_pause(calendar, text) for text in pause_texts]
        passed = business_time.elapsed(calendar, begins, ends, pauses)
        notes = notes_between(calendar, begins, ends)
    seconds = passed / timedelta(seconds=1)
    zone = calendar.version_at(begins).zone
    print_with_notes(
        {"business_seconds": int(seconds) if seconds.is_integer() else seconds},
        notes,
        as_json=as_json,
        words=translate(
            elapsed_text(passed, moment_text(begins, zone), moment_text(ends, zone), zone)
        ),
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
    by: Unit | None,
    pause_texts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say when something is due, and why; null while a pause goes on.

    Moments without an offset are read on the calendar's own clocks.

    Example: shinrai calendars due --calendar desk.yaml 2026-06-02T11:00 --business-days 2
    --by close --pause 2026-06-03T10:00/ --json
    """
    with refusing(as_json):
        require_one_target(business_seconds, business_days, by)
        number = business_days if by else business_seconds
        calendar = read_calendar(calendar_document(path))
        begins = read_moment(calendar, start, START)
        pauses = [read_pause(calendar, text) for text in pause_texts]
        counts_at = effective(calendar, begins)
        due_at = due_moment(calendar, begins, Target(number or 0, by or "seconds"), pauses)
        until = due_at or max(counts_at, *(pause[0] for pause in pauses))
        notes = notes_between(calendar, begins, until)
        story = explain_days(calendar, begins, until, pauses)[:LONGEST_STORY]
    zone = calendar.version_at(counts_at).zone
    due = None if due_at is None else moment_text(due_at, zone)
    sentence = translate(due_text(moment_text(counts_at, zone), due, zone))
    print_with_notes(
        {"effective_at": local_text(calendar, counts_at), "due_at": local_text(calendar, due_at)},
        notes,
        as_json=as_json,
        words="\n".join((sentence, *(f"  {translate(day_text(day))}" for day in story))),
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
    with refusing(as_json):
        calendar = read_calendar(calendar_document(path))
        count = date_count(first, last)
        days = [day_facts(calendar, first + passed * DAY) for passed in range(count)]
        notes = horizon_warnings(calendar, first, last)
    answer = {"days": [day_document(calendar, day) for day in days]}
    words = "\n".join(translate(day_text(day)) for day in days)
    print_with_notes(answer, notes, as_json=as_json, words=words)


@group.command()
@calendar_option
@json_option
def check(path: Path, as_json: bool) -> None:
    """Say whether a calendar can be kept: exit 0 if it can, 3 with the reason if not.

    Example: shinrai calendars check --calendar desk.yaml
    """
    today = now()
    with refusing(as_json, exit_code=ExitCode.NO):
        calendar = read_calendar(calendar_document(path))
        opens_at = effective(calendar, today)
    on = calendar.local(today).date()
    written = write_calendar(calendar)
    zone = calendar.version_at(opens_at).zone
    opening = translate(moment_text(opens_at, zone))
    count = len(calendar.versions)
    print_with_notes(
        {
            "ok": True,
            "digest": calendar_digest(written),
            "next_open_at": local_text(calendar, opens_at),
            "versions": written.get("versions", [written]),
        },
        (*saving_warnings(calendar), *horizon_warnings(calendar, on, on + 365 * DAY)),
        as_json=as_json,
        words=translate(
            "{path} is a good calendar: {count} version, next open {opening} ({zone}).",
            "{path} is a good calendar: {count} versions, next open {opening} ({zone}).",
            path=path,
            count=count,
            opening=opening,
            zone=zone,
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
    with refusing(as_json):
        document = calendar_document(path)
        notes = saving_warnings(read_calendar(document))
    _open_database()
    from shinrai.accounts.commands.authors import by_command
    from shinrai.accounts.queries import UnknownWorkspace, workspace_named
    from shinrai.calendars.operations import BadCalendarName, save_calendar

    with refusing(as_json, UnknownWorkspace, BadCalendarName):
        record = save_calendar(
            workspace_id=workspace_named(workspace).id,
            name=path.stem if name is None else name,
            document=document,
            at=now(),
            by=by_command(),
        )
    words = translate(
        "{name} holds as revision {revision}, saved {saved_at:%Y-%m-%d}.",
        name=record.name,
        revision=record.revision,
        saved_at=record.saved_at,
    )
    answer = {"name": record.name, "revision": record.revision, "digest": record.digest}
    print_with_notes(answer, notes, as_json=as_json, words=words)


@group.command(name="list")
@workspace_option
@json_option
def list_calendars(workspace: str, as_json: bool) -> None:
    """List the calendars of a workspace.

    Example: shinrai calendars list --workspace tanuki --json
    """
    _open_database()
    from shinrai.accounts.queries import UnknownWorkspace, workspace_named
    from shinrai.calendars.queries import calendars

    with refusing(as_json, UnknownWorkspace):
        found = calendars(workspace_id=workspace_named(workspace).id)
    fields = ("name", "revision", "digest", "saved_at", "by")
    rows = [{field: getattr(record, field) for field in fields} for record in found]
    lines = [f"{record.name:<24} {record.revision:>4}  {record.saved_at:%F}" for record in found]
    nothing = translate("no calendars yet")
    print_answer({"calendars": rows}, as_json=as_json, words="\n".join(lines) or nothing)


def _open_database() -> None:
    """Connect to the database, as `site` does for packages that always need it.

    `site` puts the function for that into the command's context. If it is missing, as in tests, the
    database is connected already.
    """
    open_database = click.get_current_context().find_root().meta.get("shinrai.open_database")
    if open_database is not None:
        open_database()
