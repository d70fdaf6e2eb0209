"""The command that imports Zendesk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.calendars.operations import BadCalendarName, save_calendar
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardCommand
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.zendesk.schedules import NoSchedule, chosen, schedules_in
from shinrai.importers.zendesk.source import ZENDESK


@click.command(name="zendesk", cls=StandardCommand)
@source_options(pulls=True)
@click.option("--calendar", metavar="NAME", help="Save its schedule as a calendar of this name.")
@click.option("--schedule", metavar="NAME", help="Which schedule, where there are several.")
def import_zendesk(calendar: str | None, schedule: str | None, **asked: Any) -> None:
    """Import Zendesk: by its API, from exports (JSON, NDJSON), or from a warehouse's tables.

    The token file holds `mail/token:KEY` (an API token) or an OAuth token. Give a folder for the
    CSV tables of a warehouse load. A killed pull goes on where it stopped.

    Example: shinrai import zendesk --url https://acme.zendesk.com --token-file t.txt -w cre
    --calendar desk
    """
    if schedule is not None and calendar is None:
        raise Refusal(
            translate("--schedule says which schedule becomes a calendar; name that too"),
            next="--calendar NAME",
        )

    def save(paths: Sequence[Path]) -> None:
        assert calendar is not None
        with refusing(NoSchedule, BadCalendar, BadCalendarName, UnknownZone):
            saved = save_calendar(
                workspace_id=workspace_named(asked["workspace"]).id,
                name=calendar,
                document=chosen(schedules_in(paths), schedule).document(),
                at=now(),
                by=by_command(),
            )
        click.echo(
            translate(
                "calendar {name} holds as revision {revision}",
                name=saved.name,
                revision=saved.revision,
            ),
            err=True,
        )

    answer_import(ZENDESK, then=save if calendar is not None else None, **asked)
