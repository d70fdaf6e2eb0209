"""The commands of cases: list what can be done with one, and do it."""

import click

from shinrai.accounts.commands.authors import member_by_email
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import language
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.queries.actions import actions_on
from shinrai.desk.queries.case import find_case
from shinrai.ledger.queries import CaseHead, newest_step
from shinrai.units.errors import UserError
from shinrai.units.text import Text, translated


class UnknownCase(UserError, LookupError):
    """There is no case with this key in the workspace."""


@click.group(cls=StandardGroup)
def group() -> None:
    """Cases: inquiries and investigations, what can be done with one, and doing it."""


@group.command()
@click.argument("key", metavar="CASE")
@workspace_option
@click.option("--by", "email", metavar="EMAIL", required=True, help="The member who acts.")
@json_option
def actions(key: str, workspace: str, email: str, as_json: bool) -> None:
    """List what a member may do with a case now, and the fields of each action.

    A field with a question mark may stay empty.

    Example: shinrai cases actions INV-7 --workspace cre --by yui@example.jp
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        head = asked_case(there, key)
        found = actions_on(head.id, member_by_email(there, email), at=now())
    print_answer(
        {
            "case": key,
            "phase": found.standing.phase,
            "step": newest_step(head.id),
            "actions": [{"action": one.key, "fields": list(one.fields)} for one in found.possible],
        },
        as_json=as_json,
        words=lambda: "\n".join(
            f"{one.key:<16} {translated(one.title, language())}  {' '.join(one.fields)}".rstrip()
            for one in found.possible
        ),
    )


@group.command("act")
@click.argument("key", metavar="CASE")
@click.argument("action")
@workspace_option
@click.option("--set", "fields", metavar="NAME=VALUE", multiple=True, help="A field of the action.")
@click.option("--seen", type=int, help="Refuse if the case has a step newer than this number.")
@click.option("--by", "email", metavar="EMAIL", required=True, help="The member who acts.")
@json_option
def act_on(
    key: str,
    action: str,
    workspace: str,
    fields: tuple[str, ...],
    seen: int | None,
    email: str,
    as_json: bool,
) -> None:
    """Take an action on a case: its steps are appended and its clocks follow at once.

    Example: shinrai cases act INV-7 send_back --set missing=version --workspace cre
    --by yui@example.jp
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        done = act(
            ActionRequest(
                case_id=asked_case(there, key).id,
                action=action,
                given=_given(fields),
                by=member_by_email(there, email),
                at=now(),
                seen=seen,
            )
        )
    print_answer(
        {"case": key, "action": action, "steps": list(done.sequences)},
        as_json=as_json,
        words=lambda: translated(done.done, language()),
    )


def _given(fields: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for one in fields:
        name, _equals, value = one.partition("=")
        given[name] = f"{given[name]}\n{value}" if name in given else value
    return given


def asked_case(there: WorkspaceRecord, key: str) -> CaseHead:
    """Return the case of a key. Raises: UnknownCase."""
    head = find_case(workspace_id=there.id, key=key)
    if head is None:
        raise UnknownCase(Text("there is no case {key!r} in this workspace", key=key))
    return head
