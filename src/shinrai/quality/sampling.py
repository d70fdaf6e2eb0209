"""The commands `shinrai quality sample …`: the plan, the draw, and how far reviews have got."""

from typing import Any

import click

from shinrai.accounts.commands import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language, said
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.quality.operations import sampling
from shinrai.quality.queries.reviews import samples
from shinrai.quality.queries.words import MODES
from shinrai.quality.rules.criteria import CRITERIA, DEFINITIONS, NAMES, VERSION
from shinrai.units.wording import SaidInBoth, both

LINE = both(
    en="{week} {mode}: {drawn:,} of {candidates:,} answers drawn, {reviewed:,} judged by two",
    ja="{week} {mode}: 回答 {candidates:,} 件から {drawn:,} 件、二人とも評価済み {reviewed:,} 件",
)
NONE = both(
    en="nothing was drawn yet; plan it with: shinrai quality sample plan 10 --workspace W",
    ja="まだ何も抜き出していません。shinrai quality sample plan 10 --workspace W で始められます",
)


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
    with refusing(SaidInBoth):
        there = workspace_named(workspace)
        sampling.plan_samples(workspace_id=there.id, size=size, at=now(), by=by_command())
    words = said(
        en=f"from the next Monday on, {size} answers of each mode are drawn a week",
        ja=f"次の月曜から、経路ごとに週 {size} 件の回答を抜き出します",
    )
    print_answer({"workspace": workspace, "size": size}, as_json=as_json, words=words)


@sample.command()
@workspace_option
@json_option
def draw(workspace: str, as_json: bool) -> None:
    """Draw the weeks that are over and were planned; the timetable does so by itself.

    Example: shinrai quality sample draw --workspace cre
    """
    with refusing(SaidInBoth):
        made = sampling.draw_samples(workspace=workspace_named(workspace), at=now())
    rows = [
        {"week": it.week, "mode": it.mode, "drawn": it.drawn, "candidates": it.candidates}
        for it in made
    ]
    words = said(en=f"{len(rows)} samples drawn", ja=f"{len(rows)} 件のサンプルを抜き出しました")
    print_answer({"workspace": workspace, "drawn": rows}, as_json=as_json, words=words)


@sample.command("list")
@workspace_option
@json_option
def list_(workspace: str, as_json: bool) -> None:
    """List the samples of a workspace, and how many of their answers two people have judged.

    Example: shinrai quality sample list --workspace cre
    """
    with refusing(SaidInBoth):
        found = samples(workspace_id=workspace_named(workspace).id)
    rows: list[dict[str, Any]] = [vars(record) for record in found]

    def words() -> str:
        spoken = language()
        lines = [LINE[spoken].format(**{**row, "mode": MODES[row["mode"]][spoken]}) for row in rows]
        return "\n".join(lines) or NONE[spoken]

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
            name: {"name": dict(NAMES[name]), "definition": dict(DEFINITIONS[name])}
            for name in CRITERIA
        },
    }

    def words() -> str:
        spoken = language()
        return "\n".join(f"{NAMES[name][spoken]}: {DEFINITIONS[name][spoken]}" for name in CRITERIA)

    print_answer(document, as_json=as_json, words=words)
