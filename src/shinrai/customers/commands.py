"""The commands of customers: link learners with those who pay for them."""

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import Refusal, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.customers.operations import LinkRequest, link_persons
from shinrai.customers.queries import customer_typed, payers, person_links
from shinrai.units.errors import UserError


@click.group(cls=StandardGroup)
def group() -> None:
    """Customers: link learners with the guardians who pay for them."""


@group.command()
@click.argument("learner")
@click.argument("guardian")
@workspace_option
@click.option("--contract", default="", help="The contract, as its source numbers it.")
@click.option("--from", "since", type=DAY, required=True, help="The first day of the link.")
@click.option("--until", type=DAY, help="The first day on which it holds no longer.")
@click.option("--proof", required=True, help="How one knows: a form, a call.")
@json_option
def link(learner: str, guardian: str, workspace: str, as_json: bool, **given: Any) -> None:
    """Link a learner with a guardian, each as SOURCE:IDENTIFIER; asked again, it is replaced.

    Example: shinrai customers link usage:u1 revenue:g1 -w cre --from 2026-04-01 --proof "form 12"
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        asked = LinkRequest(
            workspace_id=there.id,
            learner_id=_number(there.id, learner),
            guardian_id=_number(there.id, guardian),
            contract_key=given["contract"],
            since=given["since"],
            until=given["until"],
            proof=given["proof"],
        )
        link_persons(asked, at=now(), by=by_command())
    print_answer(asdict(asked), as_json=as_json, words=translate("they are linked"))


@group.command()
@workspace_option
@click.option("--on", type=DAY, help="The day on which links hold; without it, today.")
@json_option
def links(workspace: str, on: date | None, as_json: bool) -> None:
    """List who is linked with whom; a guardian of two learners is one payer of a contract.

    Example: shinrai customers links --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = person_links(workspace_id=there.id, on=on or now().date())
    document = {"links": [asdict(one) for one in found], "payers": len(payers(found))}
    print_answer(document, as_json=as_json)


def _number(workspace_id: int, typed: str) -> int:
    found = customer_typed(workspace_id=workspace_id, typed=typed)
    if found is None:
        raise Refusal(translate("no customer is known as {typed}", typed=typed[:80]))
    return found.id
