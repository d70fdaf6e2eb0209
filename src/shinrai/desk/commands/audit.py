"""The command `shinrai audit`: read the audit, and find out whether somebody tampered with it."""

from dataclasses import asdict, replace
from typing import Any

import click

from shinrai.accounts import queries
from shinrai.accounts.commands.authors import UnknownMember, by_command, member_by_email
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.operations.audit_seals import verify_audit
from shinrai.accounts.rules.audit import KIND_WORDS, AuditSearch
from shinrai.accounts.rules.audit_seal import BREAK_WORDS
from shinrai.cli.errors import answer_is_no, refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.ledger.queries import cases_of_customer


@click.group(cls=StandardGroup)
def group() -> None:
    """The audit: who saw and did what, and whether somebody tampered with it.

    Example: shinrai audit verify --workspace tanuki
    """


@group.command(name="list")
@workspace_option
@click.option("--person", "-p", type=int, help="Only who looked at this customer: a number.")
@click.option("--member", metavar="MAIL", help="Only what this member saw and did.")
@click.option("--kind", type=click.Choice(list(KIND_WORDS)), help="Only entries of this kind.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
@json_option
def list_audit(workspace: str, as_json: bool, **wanted: Any) -> None:
    """List who saw and did what, newest first; that you listed it is an entry too.

    Example: shinrai audit list --workspace tanuki --json
    """
    with refusing(queries.UnknownWorkspace, UnknownMember):
        there = queries.workspace_named(workspace)
        by = member_by_email(there, wanted["member"]).key if wanted["member"] else ""
    search = AuditSearch(kinds=(wanted["kind"],) if wanted["kind"] else (), by=by)
    if wanted["person"] is not None:
        heads = cases_of_customer(workspace_id=there.id, number=wanted["person"])
        cases = tuple((one.id, f"{one.record}:{one.id}") for one in heads)
        search = replace(search, cases=cases)
    record_view(
        workspace_id=there.id,
        what="audit by command",
        subject=f"workspace:{there.id}",
        at=now(),
        by=by_command(),
    )
    found = queries.audit(workspace_id=there.id, limit=wanted["limit"], search=search)
    lines = [
        f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.kind}  {one.by:<16} {one.what}  {one.subject}"
        + (f"  ({one.reason})" if one.reason else "")
        + (f"  {one.lines:,}" if one.lines is not None else "")
        for one in found
    ]
    rows = [asdict(one) for one in found]
    nothing = translate("nothing yet")
    print_answer({"entries": rows}, as_json=as_json, words="\n".join(lines) or nothing)


@group.command()
@click.option("--workspace", "-w", metavar="SLUG", help="Only of this workspace.")
@json_option
def verify(workspace: str | None, as_json: bool) -> None:
    """Compare the audit with its seals; end with 3 if somebody tampered with it.

    Example: shinrai audit verify --workspace tanuki --json
    """
    with refusing(queries.UnknownWorkspace):
        found = [queries.workspace_named(workspace)] if workspace else queries.workspaces()
    chains = {one.id: one.slug for one in found} | ({} if workspace else {0: "-"})
    states = [(slug, verify_audit(chain=chain)) for chain, slug in chains.items()]
    rows = [
        {
            "workspace": slug,
            "is_intact": not state.breaks,
            **{name: getattr(state, name) for name in ("sealed_until", "seals", "sealed")},
            "unsealed": state.unsealed,
            "breaks": [asdict(one) for one in state.breaks],
        }
        for slug, state in states
    ]
    lines = []
    for slug, state in states:
        until = f"{state.sealed_until:%Y-%m-%d %H:%M} UTC" if state.sealed_until else "-"
        counts = {"workspace": slug, "n": state.sealed, "until": until, "rest": state.unsealed}
        lines.append(
            translate("{workspace}: {n} entries sealed, to {until}; {rest} not yet", **counts)
        )
        lines += [
            f"  {one.minute:%Y-%m-%d %H:%M} UTC  {translate(BREAK_WORDS[one.kind])}"
            for one in state.breaks
        ]
    print_answer({"chains": rows}, as_json=as_json, words="\n".join(lines))
    if any(state.breaks for _, state in states):
        answer_is_no()
