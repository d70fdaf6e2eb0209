"""The commands of defects: list and show them, link a case, say what is fixed and who was told."""

import click

from shinrai.accounts.commands.authors import by_command, by_member, member_by_email
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.desk.commands.cases import asked_case
from shinrai.desk.commands.investigations import author_option
from shinrai.desk.operations.defects import fix_defect, link_defect, record_told_back
from shinrai.desk.operations.tell_back import approve_text, propose_text
from shinrai.desk.queries.defects import DefectRow, defects, known_defect
from shinrai.desk.queries.documents import defect_cases_document, defect_document
from shinrai.desk.queries.tell_back import tell_back, tell_back_document
from shinrai.units.errors import UserError

number_argument = click.argument("number", metavar="DEFECT", type=click.IntRange(1, (1 << 63) - 1))


@click.group(cls=StandardGroup)
def group() -> None:
    """Defects: the cases each is behind, the release that fixes it, and who was told."""


@group.command("list")
@workspace_option
@json_option
def list_command(workspace: str, as_json: bool) -> None:
    """List the defects, the newest first.

    Example: shinrai defects list --workspace cre --json
    """
    with refusing(UserError):
        found = defects(workspace_id=workspace_named(workspace).id)
    print_answer(
        {"defects": [defect_document(one) for one in found]},
        as_json=as_json,
        words=lambda: "\n".join(map(_line, found)) or translate("No defect is linked yet."),
    )


@group.command()
@number_argument
@workspace_option
@json_option
def show(number: int, workspace: str, as_json: bool) -> None:
    """Show a defect with its cases, and who was told of its fix; titles are masked.

    Example: shinrai defects show 3 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        found = known_defect(workspace_id=there.id, number=number)
        record_view(
            workspace_id=there.id,
            what="titles of a defect",
            subject=f"defect:{number}",
            at=now(),
            by=by_command(),
            shown=[one.head.id for one in found.cases],
        )
    print_answer(
        defect_cases_document(found),
        as_json=as_json,
        words=lambda: "\n".join(
            [_line(found.defect)]
            + [f"{one.row:>6}  {one.head.source_key:<14} {one.title}" for one in found.cases]
        ),
    )


@group.command()
@click.argument("key", metavar="CASE")
@click.option("--ticket", required=True, metavar="URL", help="The address of the ticket.")
@click.option("--title", default="", help="What is broken, if the ticket is new here.")
@workspace_option
@author_option
@json_option
def link(
    key: str, ticket: str, title: str, workspace: str, email: str | None, as_json: bool
) -> None:
    """Link a case to the defect of a ticket, which is reported by that if it is new.

    Example: shinrai defects link INV-7 --ticket https://tracker.example.com/DEV-12
    --title "Sound stops" --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        number = link_defect(
            case_id=asked_case(there, key).id,
            url=ticket,
            title=title,
            at=now(),
            by=_author(there, email),
        )
    print_answer(
        {"defect": number, "case": key},
        as_json=as_json,
        words=translate("{key} is linked to defect {number}", key=key, number=number),
    )


@group.command()
@number_argument
@click.option("--release", required=True, help="The release that fixes it.")
@workspace_option
@author_option
@json_option
def fix(number: int, release: str, workspace: str, email: str | None, as_json: bool) -> None:
    """Say in which release a defect is fixed; from now on people are told anew.

    Example: shinrai defects fix 3 --release 2.4 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        known_defect(workspace_id=there.id, number=number)
        fix_defect(
            workspace_id=there.id,
            defect_id=number,
            release=release,
            at=now(),
            by=_author(there, email),
        )
    said = translate("Defect {number} is fixed in {release}", number=number, release=release)
    print_answer({"defect": number, "fixed_in": release}, as_json=as_json, words=said)


@group.command()
@click.argument("row", metavar="LINK", type=click.IntRange(1, (1 << 63) - 1))
@workspace_option
@author_option
@json_option
def told(row: int, workspace: str, email: str | None, as_json: bool) -> None:
    """Record that whoever asked in a case was told; LINK is its number in `defects show`.

    Example: shinrai defects told 41 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        number = record_told_back(
            workspace_id=there.id, row=row, at=now(), by=_author(there, email)
        )
    said = translate("Written down: told.")
    print_answer({"defect": number, "link": row}, as_json=as_json, words=said)


def _author(there: WorkspaceRecord, email: str | None) -> str:
    return by_member(there, email) if email else by_command()


def _line(one: DefectRow) -> str:
    fixed = one.release or "-"
    return f"{one.id:>4}  {one.title}  {one.url}  {fixed}  {one.told.count}/{one.told.of}"


@group.command("tell-back")
@number_argument
@workspace_option
@click.option("--propose", default="", help="The text; {release} becomes the release.")
@click.option("--approve", is_flag=True, help="Send the proposed text to everybody.")
@author_option
@json_option
def tell_back_command(
    number: int, workspace: str, propose: str, approve: bool, email: str, as_json: bool
) -> None:
    """Show whom to tell of a fix and who was reached; propose a text, or approve one.

    Somebody else approves what one proposed; then it goes to everybody once.

    Example: shinrai defects tell-back 3 --workspace cre --json
    """
    with refusing(UserError):
        there, at = workspace_named(workspace), now()
        if propose:
            by = _author(there, email)
            propose_text(workspace=there, number=number, text=propose, at=at, by=by)
        if approve:
            approve_text(workspace=there, number=number, at=at, by=member_by_email(there, email))
        document = tell_back_document(tell_back(workspace=there, number=number, at=at))
    print_answer(document, as_json=as_json)
