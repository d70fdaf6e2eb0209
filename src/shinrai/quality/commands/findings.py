"""The command that counts findings, and says what became of defects."""

from datetime import date
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.quality.queries.findings import (
    GROUPS,
    defects_by_state,
    findings_between,
    grouped,
    narrowed,
)
from shinrai.quality.queries.words import VERDICTS, mode_name
from shinrai.topics.queries import codebook
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse


@click.command(cls=StandardCommand)
@workspace_option
@click.option("--by", type=click.Choice(list(GROUPS)), default="topic", help="What is counted by.")
@click.option("--from", "since", type=DAY, help="Found on this date or later.")
@click.option("--to", "until", type=DAY, help="Found on this date or earlier.")
@json_option
def findings(
    workspace: str, by: str, since: date | None, until: date | None, as_json: bool
) -> None:
    """Count what investigations found, by topic, service or month, and what became of defects.

    Each counts once, by its last finding. A group of null is what nobody recorded.

    Example: shinrai quality findings --workspace cre --by service --from 2026-06-01
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
        found = findings_between(workspace=there, since=since, until=until)
    book = codebook(workspace_id=there.id)
    modes: dict[str, Any] = {}
    lines = []
    for mode, count in found.modes:
        mine = narrowed(found.findings, {"mode": mode})
        groups = grouped(mine, by)
        modes[mode] = {
            "findings": count,
            "groups": [{by: group.group, **group.counts} for group in groups],
            "defects": defects_by_state(mine),
        }
        lines.append(translate("{mode}: {count:,} findings", mode=mode_name(mode), count=count))
        for group in groups:
            named = book.name(group.group) if by == "topic" and group.group else group.group
            counts = [
                Text("{name} {n:,}", name=VERDICTS[verdict], n=n)
                for verdict, n in group.counts.items()
                if n
            ]
            words = Text("{name}: {figure}", name=named or Text("not recorded"), figure=counts)
            lines.append(f"    {translate(words)}")
    answer = {"workspace": workspace, "at": found.at, "from": since, "to": until, "modes": modes}
    nothing = translate("nothing was found in these dates")
    print_answer(answer, as_json=as_json, words="\n".join(lines) or nothing)
