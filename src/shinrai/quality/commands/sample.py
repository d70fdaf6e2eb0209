"""The commands `shinrai quality sample …`: plan, draw and list samples, print the codebook."""

from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.quality.operations import sampling
from shinrai.quality.queries.reviews import samples
from shinrai.quality.queries.words import MODES
from shinrai.quality.rules.criteria import CRITERIA, DEFINITIONS, NAMES, VERSION
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_both_languages

LINE = Text("{week} {mode}: {drawn:,} of {candidates:,} answers drawn, {reviewed:,} judged by two")
NONE = Text("nothing was drawn yet; plan it with: shinrai quality sample plan 10 --workspace W")


@click.group(cls=StandardGroup)
def sample() -> None:
    """The weekly sample of answers that two people judge without seeing each other."""


@sample.command()
@click.argument("size", type=int)
@workspace_option
@json_option
def plan(size: int, workspace: str, as_json: bool) -> None:
    """Have SIZE answers of each mode drawn from every week that begins after now; 0: none.

    The seed that decides which is stored now, before those answers are written.

    Example: shinrai quality sample plan 10 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        sampling.plan_samples(workspace_id=there.id, size=size, at=now(), by=by_command())
    words = translate(
        "from the next Monday on, {size} answers of each mode are drawn a week", size=size
    )
    print_answer({"workspace": workspace, "size": size}, as_json=as_json, words=words)


@sample.command()
@workspace_option
@json_option
def draw(workspace: str, as_json: bool) -> None:
    """Draw the weeks that are over and were planned; the timetable does so by itself.

    Example: shinrai quality sample draw --workspace cre
    """
    with refusing(UserError):
        made = sampling.draw_samples(workspace=workspace_named(workspace), at=now())
    rows = [
        {"week": it.week, "mode": it.mode, "drawn": it.drawn, "candidates": it.candidates}
        for it in made
    ]
    words = translate("{count} samples drawn", count=len(rows))
    print_answer({"workspace": workspace, "drawn": rows}, as_json=as_json, words=words)


@sample.command("list")
@workspace_option
@json_option
def list_(workspace: str, as_json: bool) -> None:
    """List the samples of a workspace, and how many of their answers two people have judged.

    Example: shinrai quality sample list --workspace cre
    """
    with refusing(UserError):
        found = samples(workspace_id=workspace_named(workspace).id)
    rows: list[dict[str, Any]] = [vars(record) for record in found]

    def words() -> str:
        lines = [translate(LINE.using(**{**row, "mode": MODES[row["mode"]]})) for row in rows]
        return "\n".join(lines) or translate(NONE)

    print_answer({"workspace": workspace, "samples": rows}, as_json=as_json, words=words)


@sample.command()
@json_option
def codebook(as_json: bool) -> None:
    """Print the questions by which answers are judged, with their definitions.

    Example: shinrai quality sample codebook
    """
    document = {
        "codebook": VERSION,
        "criteria": {
            name: {
                "name": in_both_languages(NAMES[name]),
                "definition": in_both_languages(DEFINITIONS[name]),
            }
            for name in CRITERIA
        },
    }

    def words() -> str:
        pairs = ((translate(NAMES[name]), translate(DEFINITIONS[name])) for name in CRITERIA)
        return "\n".join(f"{name}: {definition}" for name, definition in pairs)

    print_answer(document, as_json=as_json, words=words)
