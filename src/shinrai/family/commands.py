"""The commands of the family: link guardians with learners by a code, and let them in."""

from datetime import timedelta
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.family.operations.guardians import GuardianDetails
from shinrai.family.operations.links import (
    EndRequest,
    claim_code,
    confirm_link,
    end_links,
    make_code,
    unknown_code,
)
from shinrai.family.operations.ways_in import make_way_in
from shinrai.family.queries.documents import guardian_named, learner_number, links_document
from shinrai.family.queries.guardians import links_of_workspace
from shinrai.family.queries.notices import notice_figures
from shinrai.units.errors import UserError

learner_option = click.option("--learner", required=True, help="As usage knows the learner.")
guardian_option = click.option("--guardian", required=True, help="As the product calls them.")


@click.group(cls=StandardGroup)
def group() -> None:
    """Guardians: link them with learners by a code that both sides confirm, and let them in."""


@group.command()
@learner_option
@click.option("--name", help="How the product calls the child.")
@workspace_option
@json_option
def code(learner: str, name: str | None, workspace: str, as_json: bool) -> None:
    """Make a code for a learner's app to show; it works once, for a day.

    Example: shinrai family code --learner hana --name Hana --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        made = make_code(workspace=there, learner=learner, name=name, at=now(), by=by_command())
    print_answer({"code": made.code, "expires_at": made.expires_at}, as_json=as_json)


@group.command()
@guardian_option
@click.argument("typed", metavar="CODE")
@click.option("--mail", help="The guardian's address of mail.")
@click.option("--language", type=click.Choice(("en", "ja")), help="Without it: the workspace's.")
@click.option("--zone", help="The guardian's time zone; without it, the workspace's.")
@workspace_option
@json_option
def claim(guardian: str, typed: str, workspace: str, as_json: bool, **given: Any) -> None:
    """Claim a code for a guardian; the child's app has to confirm it.

    Example: shinrai family claim ACDE-FHJK --guardian g-1 --mail a@home.example --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        details = GuardianDetails(given["mail"], given["language"], given["zone"])
        found = claim_code(workspace=there, guardian=guardian, code=typed, details=details,
                           at=now(), by=by_command())  # fmt: skip
        if found is None:
            raise unknown_code()
    print_answer(
        links_document(there.id, [found])["links"][0],
        as_json=as_json,
        words=translate("claimed; the child's app has to confirm it within seven days"),
    )


@group.command()
@learner_option
@guardian_option
@workspace_option
@json_option
def confirm(learner: str, guardian: str, workspace: str, as_json: bool) -> None:
    """Confirm as the child's app that a guardian who claimed a code is one.

    Example: shinrai family confirm --learner hana --guardian g-1 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        mine, theirs = _both(there, learner, guardian)
        found = confirm_link(
            workspace=there, learner_id=mine, guardian_id=theirs, at=now(), by=by_command()
        )
    document = links_document(there.id, [found])["links"][0]
    print_answer(document, as_json=as_json, words=translate("they are linked"))


@group.command()
@learner_option
@guardian_option
@click.option("--reason", required=True, help="Why staff end it.")
@workspace_option
@json_option
def end(learner: str, guardian: str, reason: str, workspace: str, as_json: bool) -> None:
    """End the link of a guardian with a learner, at once.

    Example: shinrai family end --learner hana --guardian g-1 --reason "asked by phone" -w cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        mine, theirs = _both(there, learner, guardian)
        asked = EndRequest(mine, theirs, "staff", reason)
        count = end_links(workspace=there, asked=asked, at=now(), by=by_command())
    print_answer({"ended": count}, as_json=as_json, words=translate("the link is ended"))


@group.command(name="list")
@workspace_option
@json_option
def list_command(workspace: str, as_json: bool) -> None:
    """List every link of guardians with learners, and how it stands.

    Example: shinrai family list --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        document = links_document(there.id, links_of_workspace(there.id, now()))
    print_answer(
        document,
        as_json=as_json,
        words=lambda: "\n".join(
            f"{one['learner'] or '–'}  {one['guardian'] or '–'}  {one['state']}"
            for one in document["links"]
        ),
    )


@group.command()
@guardian_option
@workspace_option
@json_option
def link(guardian: str, workspace: str, as_json: bool) -> None:
    """Make an address that lets a guardian in once, within a quarter of an hour.

    Example: shinrai family link --guardian g-1 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        made = make_way_in(guardian_named(there, guardian), at=now(), by=by_command())
    document = {"address": made.address, "expires_at": made.expires_at}
    print_answer(document, as_json=as_json, words=made.address)


@group.command()
@click.option("--days", type=click.IntRange(1, 3660), default=28, help="How many, up to now.")
@workspace_option
@json_option
def notices(days: int, workspace: str, as_json: bool) -> None:
    """Count the notices to guardians: made, sent, not delivered and opened.

    Example: shinrai family notices --days 28 --workspace cre
    """
    with refusing(UserError):
        there, until = workspace_named(workspace), now()
    found = notice_figures(there.id, since=until - timedelta(days=days), until=until)
    print_answer(found.document, as_json=as_json)


def _both(there: WorkspaceRecord, learner: str, guardian: str) -> tuple[int, int]:
    return learner_number(there, learner), guardian_named(there, guardian).id
