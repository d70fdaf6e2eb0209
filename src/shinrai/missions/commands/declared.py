"""The commands of missions: declare from files, take in completions, show a learner's goals."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.missions.operations.attempts import ORIGIN
from shinrai.missions.operations.declarations import (
    compare_policies,
    declare_activities,
    declare_pins,
    declare_rest,
)
from shinrai.missions.operations.events import declare_events
from shinrai.missions.operations.files import take_in_attempts
from shinrai.missions.operations.learner_page import SCRIPTS, set_learner_page
from shinrai.missions.queries.declarations import event_names
from shinrai.missions.queries.documents import (
    declared_document,
)
from shinrai.missions.queries.learner import (
    learner_named,
)
from shinrai.missions.queries.preview import pin_preview
from shinrai.missions.queries.summary import MOST_WEEKS, WEEKS, missions_summary
from shinrai.missions.rules.events import named
from shinrai.missions.rules.recommendation import POLICIES
from shinrai.missions.rules.rows import UnreadableDeclaration, rows_in
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.commands.events import mapping_in
from shinrai.usage.queries.actors import set_aside_events

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN: Final = 20
at_option = click.option("--at", type=MOMENT, help="The moment to look at; without it, now.")


@click.group(cls=StandardGroup)
def group() -> None:
    """Learners' goals: activities, today's recommendations, the week's mission, pins."""


def _declaring(name: str, declare: Callable[..., Any], example: str) -> None:
    def command(file: Path, workspace: str, as_json: bool) -> None:
        with refusing(UserError):
            there = workspace_named(workspace)
            done = declare(workspace_id=there.id, rows=_rows_of(file), at=now(), by=by_command())
        print_answer(
            {"workspace": workspace, **declared_document(done)},
            as_json=as_json,
            words=translate(
                "{changed} declared anew or changed, {same} as before, {gone} gone",
                **declared_document(done),
            ),
        )

    command.__doc__ = f"""Declare all {name} from CSV or JSON; what is missing is gone.

    Example: shinrai missions {name} {example} --workspace cre
    """
    wrapped = json_option(workspace_option(click.argument("file", type=FILE)(command)))
    group.command(name=name)(wrapped)


_declaring("activities", declare_activities, "activities.csv")
_declaring("pins", declare_pins, "pins.csv")


@group.command(name="import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--mapping", type=FILE, help="A YAML file that says what the columns mean.")
@click.option("--completed", help="The event that says: completed.")
@click.option("--started", help="The event that says: begun.")
@click.option("--activity", help="The property that names the activity.")
@click.option("--score", help="The property that holds the score.")
@click.option("--of", "most", type=float, help="The highest score possible: 100.")
@workspace_option
@json_option
def import_command(
    files: tuple[Path, ...], mapping: Path | None, workspace: str, as_json: bool, **names: Any
) -> None:
    """Take in completions from files of usage events; imported twice, each counts once.

    A file is history: what is in it was known when it happened.

    Example: shinrai missions import lessons.csv --workspace cre --completed lesson_finished
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        given = _given(names)
        means = mapping_in(mapping) if mapping else None
        done = [take_in_attempts(file, there, means, at=now(), **given) for file in files]
    files_done: list[dict[str, Any]] = [
        {
            "file": file.name,
            "new": one.new,
            "known": one.known,
            "erased": one.erased,
            "refused": len(one.refused),
            "reasons": [translate(why) for why in list(one.refused.values())[:SHOWN]],
        }
        for file, one in zip(files, done, strict=True)
    ]
    print_answer(
        {"workspace": workspace, "files": files_done},
        as_json=as_json,
        words=lambda: "\n".join(
            translate("{file}: {new} new attempts, {known} known, {refused} set aside", **one)
            for one in files_done
        ),
    )


@group.command(name="events")
@click.option("--completed", help="The event that says: completed.")
@click.option("--started", help="The event that says: begun.")
@click.option("--activity", help="The property that names the activity.")
@click.option("--score", help="The property that holds the score.")
@click.option("--of", help="The property that holds the highest score possible.")
@click.option("--most", type=float, help="The highest score possible where no property says it.")
@workspace_option
@json_option
def events_command(workspace: str, as_json: bool, **names: Any) -> None:
    """Declare which usage events are completions from now on; without options, show it.

    Example: shinrai missions events --completed lesson_finished --activity lesson --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace).id
        if given := _given(names):
            declare_events(workspace_id=there, names=named(given), at=now(), by=by_command())
        found = asdict(event_names(there))
    print_answer({"workspace": workspace, **found}, as_json=as_json)


@group.command()
@workspace_option
@json_option
def aside(workspace: str, as_json: bool) -> None:
    """List the completions that cannot count, the newest first, and why.

    What was wrong may be mended: then try them again with shinrai usage quarantine --retry.

    Example: shinrai missions aside --workspace cre
    """
    with refusing(UserError):
        found = set_aside_events(workspace_named(workspace).id, origin=ORIGIN)
    rows = [
        {
            "number": one.number,
            "id": one.place.partition(" ")[2],
            "reason": one.reason[language()],
            "at": one.at.isoformat(),
        }
        for one in found
    ]
    print_answer(
        {"workspace": workspace, "aside": rows},
        as_json=as_json,
        words=lambda: (
            "\n".join("{number}  {id}  {reason}".format(**one) for one in rows)
            or translate("nothing was set aside")
        ),
    )


@group.command()
@click.argument("file", type=FILE)
@workspace_option
@at_option
@json_option
def preview(file: Path, workspace: str, at: datetime | None, as_json: bool) -> None:
    """Say how many learners the pins of a file would have been given to, by history.

    Example: shinrai missions preview pins.csv --workspace cre
    """
    with refusing(UserError):
        found = pin_preview(workspace_named(workspace), _rows_of(file), at=at or now())
    print_answer(
        {"workspace": workspace, "pins": [{"key": key, "learners": n} for key, n in found.items()]},
        as_json=as_json,
        words=lambda: "\n".join(
            translate("{key}: would have been given to {count} learners", key=key, count=count)
            for key, count in found.items()
        ),
    )


@group.command()
@click.option("--from", "first", type=DAY, required=True, help="The first day.")
@click.option("--to", "last", type=DAY, required=True, help="The last day.")
@click.option("--kind", type=click.Choice(("holiday", "illness", "other")), default="holiday")
@click.option("--learner", help="Without it: all learners.")
@workspace_option
@json_option
def rest(
    first: Any, last: Any, kind: str, learner: str | None, workspace: str, as_json: bool
) -> None:
    """Declare days on which nothing is asked of a learner, or of all.

    Example: shinrai missions rest --from 2026-08-10 --to 2026-08-16 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        declare_rest(
            workspace_id=there.id,
            learner_id=learner_named(there, learner).id if learner else None,
            dates=(first, last),
            kind=kind,
            at=now(),
            by=by_command(),
        )
    document = {"from": first.isoformat(), "to": last.isoformat(), "kind": kind}
    print_answer(document, as_json=as_json, words=translate("declared"))


@group.command(name="compare")
@click.argument("policies", nargs=-1, required=True, type=click.Choice(tuple(POLICIES)))
@click.option("--name", required=True, help="The name of the comparison: another assigns anew.")
@workspace_option
@json_option
def compare(policies: tuple[str, ...], name: str, workspace: str, as_json: bool) -> None:
    """Compare policies of recommendation: each learner keeps one, by chance; one alone: for all.

    Example: shinrai missions compare review-first next-first --name June --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        compare_policies(
            workspace_id=there.id, name=name, policies=policies, at=now(), by=by_command()
        )
    document = {"name": name, "policies": list(policies)}
    print_answer(document, as_json=as_json, words=translate("declared"))


@group.command()
@click.option("--origin", "origins", multiple=True, help="A website that may frame it.")
@click.option(
    "--script",
    type=click.Choice(SCRIPTS),
    default="kana",
    show_default=True,
    help="How Japanese is written.",
)
@click.option("--product", default="", help="The name over the page.")
@workspace_option
@json_option
def page(
    origins: tuple[str, ...], script: str, product: str, workspace: str, as_json: bool
) -> None:
    """Set how the page for learners is shown, and which websites may frame it.

    Example: shinrai missions page --origin https://app.example --script furigana --workspace cre
    """
    with refusing(UserError):
        done = set_learner_page(
            workspace_id=workspace_named(workspace).id,
            origins=origins,
            script=script,
            product=product,
            at=now(),
            by=by_command(),
        )
    print_answer(asdict(done), as_json=as_json, words=translate("declared"))


def _given(names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if value is not None}


@group.command()
@click.option("--weeks", type=click.IntRange(1, MOST_WEEKS), default=WEEKS, show_default=True)
@workspace_option
@at_option
@json_option
def summary(weeks: int, workspace: str, at: datetime | None, as_json: bool) -> None:
    """Show active weeks, missions met, pins given and recommendations taken of all learners.

    Example: shinrai missions summary --workspace cre --json
    """
    with refusing(UserError):
        found = missions_summary(workspace_named(workspace), at=at or now(), weeks=weeks)
    print_answer(
        {"workspace": workspace, **found},
        as_json=as_json,
        words=lambda: "\n".join(
            translate(
                "{start}: {active} of {learners} learners active, {met} of {set} missions met",
                **{name: one[name] for name in ("start", "active", "learners", "met", "set")},
            )
            for one in found["weeks"]
        ),
    )


def _rows_of(file: Path) -> list[dict[str, Any]]:
    try:
        return rows_in(file.read_bytes(), file.name)
    except OSError as error:
        raise UnreadableDeclaration(
            Text("{path} is neither CSV in UTF-8 nor a JSON list: {why}", path=file.name,
                 why=str(error)[:200])
        ) from error  # fmt: skip
