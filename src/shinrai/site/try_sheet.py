"""The command `shinrai try`: open one sheet at once, and say what it holds."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from shinrai.calendars.commands.files import UnreadableFile, calendar_document
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now, read_moment
from shinrai.cli.output import print_answer
from shinrai.importers.sheet.choices import BadAnswer, choices_of
from shinrai.importers.sheet.grid import read_grids
from shinrai.importers.sheet.promise import calendar_of, judge, usual_calendar
from shinrai.importers.sheet.reading import read_sheet
from shinrai.importers.sheet.try_document import try_document
from shinrai.importers.tables.table import UnreadableTable
from shinrai.site.commands import refuse_taken_port
from shinrai.units.text import in_both_languages


@click.command(name="try", cls=StandardCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--calendar", metavar="CALENDAR.yaml", type=click.Path(path_type=Path))
@click.option("--at", "at_text", metavar="MOMENT", help="Judge as of this moment; now if not said.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="NAME=VALUE",
    help="Answer what the sheet does not say: zone=Asia/Tokyo, day_order=month_first, filed=B.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@json_option
def try_(
    file: Path,
    calendar: Path | None,
    at_text: str | None,
    answers: tuple[str, ...],
    port: int,
    as_json: bool,
) -> None:
    """Open one sheet: find its cases, say when each was due, and show it in the browser.

    The promise it is held against is "within 2 business days, by the close". Without --calendar the
    desk is open Monday to Friday 9:00-18:00, except on its country's holidays.

    Example: shinrai try sheet.xlsx --answer zone=Asia/Tokyo
    """
    with refusing(UnreadableTable, BadAnswer, UnknownZone, UnreadableFile, BadCalendar):
        choices = choices_of(dict(map(_answer, answers)))
        document = calendar_document(calendar) if calendar is not None else None
        given = calendar_of(document) if document is not None else None
        grids = read_grids(file)
        zone = given.versions[-1].zone if given is not None else None
        at = _moment(at_text, zone or choices.zone or "UTC") if at_text else now()
        reading = read_sheet(grids, choices, at=at, zone=zone, name=file.name)
        hours = given or calendar_of(usual_calendar(reading.zone))
    if as_json:
        judged = judge(reading.cases, hours, at=at)
        spoken = language()
        answer = try_document(reading, judged, hours, lambda text: in_both_languages(text)[spoken])
        print_answer(answer, as_json=True, words="")
        return
    refuse_taken_port("127.0.0.1", port)
    open_database = click.get_current_context().find_root().meta["shinrai.open_database"]
    open_database()
    # The database is opened by now, and Django with it: with --json neither is needed.
    from shinrai.site.try_workspace import show_sheet

    show_sheet(reading, document or usual_calendar(reading.zone), file=file.name, port=port)


def _moment(text: str, zone: str) -> datetime:
    """Return the moment in a text; its offset is kept, as the time zone can be guessed from it."""
    at = read_moment(text, zone=zone)
    with suppress(ValueError):
        return datetime.fromisoformat(text) if datetime.fromisoformat(text).tzinfo else at
    return at


def _answer(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Refusal(
            translate("--answer {text!r} is not NAME=VALUE", text=text[:40]),
            next="--answer zone=Asia/Tokyo",
        )
    return name.strip(), value.strip()
