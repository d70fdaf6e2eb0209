"""The commands of questions and dashboards: list, pin, export, apply, and alerts of tiles."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.explore.commands.run import prepared_workspace
from shinrai.explore.operations.alerts import end_alert, set_alert
from shinrai.explore.operations.dashboards import add_tile, retire_dashboard
from shinrai.explore.operations.folder import apply_folder
from shinrai.explore.operations.questions import retire_question, save_question, worded_chart
from shinrai.explore.operations.tiles import compute_tile
from shinrai.explore.queries.alerts import ALERTED, alerts
from shinrai.explore.queries.dashboards import dashboard_named, dashboards
from shinrai.explore.queries.documents import (
    alert_document,
    board_document,
    question_document,
    tile_document,
)
from shinrai.explore.queries.folder import exported_files, read_folder
from shinrai.explore.queries.questions import broken_by, question_keys, question_named
from shinrai.explore.queries.questions import questions as question_list
from shinrai.explore.queries.tiles import TileRequest, shown_tiles
from shinrai.explore.rules.alerts import KINDS, SIDES, alert_rule
from shinrai.explore.rules.dashboard import PERIODS, Tile, period_asked
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import QuestionFields
from shinrai.sandbox.statements import MOST_CHARACTERS
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

ROW = Text("{key}  {title}")
CHANGE = Text("{state}  {kind} {key}")
WRITTEN = Text("{count} file written", "{count} files written")


@click.command(cls=StandardCommand)
@workspace_option
@click.option(
    "--needs", metavar="TABLE.COLUMN", help="Those alone that a change of it would break."
)
@json_option
def questions(workspace: str, needs: str | None, as_json: bool) -> None:
    """List the questions, with the columns they need.

    Example: shinrai explore questions --needs inquiries.topic --workspace cre --json
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        if needs:
            found = broken_by(needs, workspace_id=there.id)
        else:
            found = question_list(workspace_id=there.id)
    rows = [question_document(one) for one in found]
    lines = joined([ROW.using(**row) for row in rows])
    print_answer(rows, as_json=as_json, words=lambda: translate(lines))


@click.command("dashboards", cls=StandardCommand)
@click.argument("key", required=False)
@workspace_option
@click.option("--period", type=click.Choice(list(PERIODS)), help="Other dates than its own.")
@click.option("--from", "since", type=DAY, help="The first date looked at.")
@click.option("--to", "until", type=DAY, help="The last date looked at.")
@json_option
def boards(
    key: str | None,
    workspace: str,
    period: str | None,
    since: date | None,
    until: date | None,
    as_json: bool,
) -> None:
    """List the dashboards, or show the answers on one of them.

    Example: shinrai explore dashboards desk --workspace cre --json
    """
    with refusing(UserError):
        there = prepared_workspace(workspace) if key else workspace_named(workspace)
        if key is None:
            rows = [board_document(one) for one in dashboards(workspace_id=there.id)]
            lines = joined([ROW.using(**row) for row in rows])
            print_answer(rows, as_json=as_json, words=lambda: translate(lines))
            return
        found, at = dashboard_named(workspace_id=there.id, key=key), now()
        today = at.astimezone(zone_named(there.zone)).date()
        dates = period_asked(period or "", found.period, today=today, since=since, until=until)
    asked = TileRequest(there, CASES, language(), dates)
    for tile in found.tiles:
        if tile.kind != "text":
            compute_tile(asked, tile, at=at)
    tiles = [tile_document(one) for one in shown_tiles(asked, found.tiles, at=at)]
    print_answer({**board_document(found), "tiles": tiles}, as_json=as_json)


@click.command(cls=StandardCommand)
@click.argument("source")
@click.option("--dashboard", "key", required=True, help="The key of the dashboard.")
@click.option("--measure", is_flag=True, help="SOURCE is a measure of the catalogue.")
@workspace_option
@json_option
def pin(source: str, key: str, measure: bool, workspace: str, as_json: bool) -> None:
    """Pin a question, or a measure of the catalogue, to a dashboard.

    Example: shinrai explore pin late-by-topic --dashboard desk --workspace cre
    """
    tile = Tile("", "measure" if measure else "question", source)
    with refusing(UserError):
        there = workspace_named(workspace)
        found = add_tile(workspace_id=there.id, key=key, tile=tile, at=now(), by=by_command())
    print_answer(board_document(found), as_json=as_json)


@click.command(cls=StandardCommand)
@click.argument("key")
@workspace_option
@click.option("--sql", "file", type=click.File(encoding="utf-8-sig"), help="A file (-: input).")
@click.option("--title")
@click.option("--description")
@click.option("--owner", help="Who answers for it.")
@click.option("--review-on", type=DAY, help="When it is looked at again.")
@click.option("--param", "params", metavar="NAME=VALUE", multiple=True, help="A usual value.")
@click.option("--chart", "words", help='In few words: "bar of n by topic, top 10".')
@json_option
def save(
    key: str,
    workspace: str,
    file: TextIO | None,
    title: str | None,
    description: str | None,
    owner: str | None,
    review_on: date | None,
    params: tuple[str, ...],
    words: str | None,
    as_json: bool,
) -> None:
    """Save a question, or its next version: what is not named stays as it is.

    Example: shinrai explore save late --sql late.sql --title "Late by topic" --workspace cre
    """
    given = {"title": title, "description": description, "owner": owner, "review_on": review_on}
    changed: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    with refusing(UserError):
        there, at, by = prepared_workspace(workspace), now(), by_command()
        is_new = key not in question_keys(workspace_id=there.id)
        fields = (
            QuestionFields("", "")
            if is_new
            else question_named(workspace_id=there.id, key=key).fields
        )
        typed = dict(one.partition("=")[::2] for one in params)
        fields = replace(fields, **changed, defaults={**fields.defaults, **typed})
        if file is not None:
            fields = replace(fields, sql=file.read(MOST_CHARACTERS + 1))
        if words is not None:
            chart = worded_chart(
                workspace_id=there.id, fields=fields, words=words, view=CASES, at=at, by=by
            )
            fields = replace(fields, chart=chart)
        kept = save_question(
            workspace_id=there.id, key=key, fields=fields, is_new=is_new, view=CASES, at=at, by=by
        )
    print_answer(question_document(kept), as_json=as_json)


@click.command(cls=StandardCommand)
@click.argument("key")
@click.option("--dashboard", "is_dashboard", is_flag=True, help="KEY is that of a dashboard.")
@workspace_option
@json_option
def retire(key: str, is_dashboard: bool, workspace: str, as_json: bool) -> None:
    """Retire a question, or a dashboard; saved or applied again, it is there again.

    Example: shinrai explore retire late --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        end = retire_dashboard if is_dashboard else retire_question
        end(workspace_id=there.id, key=key, at=now(), by=by_command())
    print_answer({"key": key, "is_retired": True}, as_json=as_json)


@click.command(cls=StandardCommand)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@workspace_option
@json_option
def export(folder: Path, workspace: str, as_json: bool) -> None:
    """Write the questions and dashboards into a folder, to be kept in git.

    Example: shinrai explore export boards --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    found = exported_files(workspace_id=there.id)
    for name, text in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    said = WRITTEN.using(count=len(found))
    print_answer(sorted(found), as_json=as_json, words=lambda: translate(said))


@click.command(cls=StandardCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@workspace_option
@click.option("--dry-run", is_flag=True, help="Only say what would change, or be refused.")
@json_option
def apply(folder: Path, workspace: str, dry_run: bool, as_json: bool) -> None:
    """Save the questions and dashboards of a folder: all of them, or nothing.

    What the folder does not name stays as it is. Applied again, it changes nothing.

    Example: shinrai explore apply boards --workspace cre --dry-run
    """
    with refusing(UserError):
        there = prepared_workspace(workspace)
        found = apply_folder(
            read_folder(folder),
            workspace_id=there.id,
            view=CASES,
            at=now(),
            by=by_command(),
            is_dry=dry_run,
        )
    lines = joined([CHANGE.using(**vars(one)) for one in found])
    print_answer([vars(one) for one in found], as_json=as_json, words=lambda: translate(lines))


@click.command(cls=StandardCommand)
@click.argument("tile", required=False)
@click.option("--dashboard", "key", default="", help="The key of the dashboard.")
@workspace_option
@click.option("--when", "kind", type=click.Choice(list(KINDS)), help="What raises it.")
@click.option("--side", type=click.Choice(SIDES), default="above", show_default=True)
@click.option("--value", default="", help="The limit, percent, or hours.")
@click.option("--to", "target", default="", help="An address of mail, or of a webhook.")
@click.option("--channel", type=click.Choice(list(ALERTED)), default="mail", show_default=True)
@click.option("--end", is_flag=True, help="Watch the tile no more.")
@json_option
def alert(
    tile: str | None,
    key: str,
    workspace: str,
    kind: str | None,
    side: str,
    value: str,
    target: str,
    channel: str,
    end: bool,
    as_json: bool,
) -> None:
    """Watch a tile of a dashboard, end that, or list what is watched.

    Example: shinrai explore alert inquiries --dashboard desk --when threshold --value 40 --to
    team@example.com --workspace cre
    """
    with refusing(UserError):
        there, at, by = workspace_named(workspace), now(), by_command()
        if tile and end:
            end_alert(workspace_id=there.id, place=(key, tile), at=at, by=by)
        elif tile:
            if dashboard_named(workspace_id=there.id, key=key).tile(tile) is None:
                raise click.BadParameter(translate(Text("the dashboard has no such tile")))
            rule = alert_rule(kind or "", side, value)
            spoken = (channel, target, language())
            set_alert(
                workspace_id=there.id, place=(key, tile), rule=rule, target=spoken, at=at, by=by
            )
        rows = [alert_document(one) for one in alerts(workspace_id=there.id, dashboard=key)]
    print_answer(rows, as_json=as_json)


COMMANDS = (questions, boards, save, retire, pin, export, apply, alert)
