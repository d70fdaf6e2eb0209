"""The commands of interviews: rounds, invitations, steps, needs and quotes."""

from pathlib import Path
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.customers.queries import customer_typed
from shinrai.satisfaction.commands.answers import group as group  # the answers' own
from shinrai.satisfaction.commands.surveys import FILE, json_document
from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_need,
    declare_round,
    draw_invitations,
    invite_person,
    record_interview_step,
)
from shinrai.satisfaction.queries.interviews import (
    interview_quotes,
    invitation_link,
    quote_document,
    round_overviews,
)
from shinrai.satisfaction.rules.interview import (
    GIVEN_BY,
    HOW,
    INVITED_HOW,
    SCOPES,
    STEPS,
    BadInterview,
)
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import Text
from shinrai.warehouse.store import Warehouse


@group.group(name="interviews", cls=StandardGroup)
def interviews_group() -> None:
    """Interviews: whom we meet, what they consent to, and what they say."""


@interviews_group.command(name="list")
@workspace_option
@json_option
def list_command(workspace: str, as_json: bool) -> None:
    """List the rounds, and how far their persons are.

    Example: shinrai satisfaction interviews list --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
    found = round_overviews(workspace_id=there.id, at=now())
    words = "\n".join(
        translate(
            "{key}: {invited} invited, {consented} consented, {held} interviewed",
            **{"key": one.round.key, **one.counts},
        )
        for one in found
    )
    print_answer(
        json_values({"workspace": workspace, "rounds": [one.document for one in found]}),
        as_json=as_json,
        words=words or translate("no round was planned"),
    )


@interviews_group.command(name="new")
@click.argument("key")
@click.argument("file", type=FILE)
@workspace_option
@json_option
def new_command(key: str, file: Path, workspace: str, as_json: bool) -> None:
    """Declare a round from a JSON file, or its next version.

    Example: shinrai satisfaction interviews new spring round.json --workspace cre
    """
    at = now()
    with refusing(UserError):
        there, document = workspace_named(workspace), json_document(file)
        if not isinstance(document, dict):
            raise BadInterview(Text("{file} holds no round: title, question.", file=file.name))
        done = declare_round(
            workspace_id=there.id, key=key, document=document, at=at, by=by_command()
        )
    print_answer({"round": done.key, "version": done.number}, as_json=as_json)


@interviews_group.command(name="need")
@click.argument("key")
@click.argument("sentence")
@click.option("--topic", default="", help="A topic of the codebook.")
@workspace_option
@json_option
def need_command(key: str, sentence: str, topic: str, workspace: str, as_json: bool) -> None:
    """Write down a need of users, or say it anew.

    Example: shinrai satisfaction interviews need time "Study in five minutes" --workspace cre
    """
    with refusing(UserError):
        declare_need(
            workspace_id=workspace_named(workspace).id,
            key=key,
            sentence=sentence,
            topic=topic,
            at=now(),
            by=by_command(),
        )
    print_answer({"need": key}, as_json=as_json)


@interviews_group.command(name="invite")
@click.argument("key")
@click.option("--person", help="One person, as a source knows them; without it, drawn.")
@click.option("--count", type=click.IntRange(1, 500), default=1, help="How many to draw: 1.")
@click.option("--how", type=click.Choice(tuple(INVITED_HOW)), default="hand")
@workspace_option
@json_option
def invite_command(
    key: str, person: str | None, count: int, how: str, workspace: str, as_json: bool
) -> None:
    """Invite persons, each once, and print the link of each.

    Example: shinrai satisfaction interviews invite spring --count 8 --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        asked: dict[str, Any] = {"key": key, "how": how, "at": at, "by": by_command()}
        if person:
            number = _person(there.id, person)
            drawn: tuple[int, ...] = (invite_person(workspace_id=there.id, person=number, **asked),)
        else:
            warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
            drawn = draw_invitations(workspace=there, count=count, warehouse=warehouse, **asked)
    links = [invitation_link(workspace_id=there.id, key=key, person=one) for one in drawn]
    invited = [{"person": one, "link": link} for one, link in zip(drawn, links, strict=True)]
    print_answer({"round": key, "invited": invited}, as_json=as_json, words="\n".join(links))


@interviews_group.command(name="step")
@click.argument("key")
@click.argument("kind", type=click.Choice(tuple(STEPS)[1:]))
@click.option("--person", required=True, help="As a source knows the person.")
@click.option("--scope", multiple=True, type=click.Choice(tuple(SCOPES)), help="Of a consent.")
@click.option("--until", default="", help="The last day of a consent.")
@click.option("--given-by", type=click.Choice(tuple(GIVEN_BY)), default="self")
@click.option("--how", type=click.Choice(tuple(HOW)), default="in_person")
@click.option("--need", default="", help="The need a quote speaks for.")
@click.option("--on", default="", help="The day of an interview: today.")
@click.option("--minutes", default="", help="How long it took.")
@click.option("--words", type=FILE, help="A text file with the note or quote.")
@workspace_option
@json_option
def step_command(
    key: str,
    kind: str,
    person: str,
    words: Path | None,
    workspace: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Record what a person said or did: declined, consented, held, note, quote, withdrawn.

    Example: shinrai satisfaction interviews step spring withdrawn --person yui --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
        text = words.read_text(encoding="utf-8", errors="replace") if words else ""
        entry = InterviewEntry(there.id, key, _person(there.id, person), kind, given, text)
        is_new = record_interview_step(entry, at=at, by=by_command())
    print_answer({"round": key, "step": kind, "new": is_new}, as_json=as_json)


@interviews_group.command(name="quotes")
@click.option("--need", default="", help="One need, by its key.")
@click.option("--outside", is_flag=True, help="Only those that may be published.")
@workspace_option
@json_option
def quotes_command(need: str, outside: bool, workspace: str, as_json: bool) -> None:
    """List quotes, masked, each with the consent it rests on.

    Example: shinrai satisfaction interviews quotes --need time --workspace cre
    """
    at = now()
    with refusing(UserError):
        there = workspace_named(workspace)
    record_view(
        workspace_id=there.id,
        what="words of interviews",
        subject=f"workspace:{there.id}",
        at=at,
        by=by_command(),
    )
    found = interview_quotes(workspace_id=there.id, at=at, need=need, outside=outside)
    print_answer(
        json_values({"quotes": [quote_document(one) for one in found]}),
        as_json=as_json,
        words="\n".join(f"{one.need}: {one.words or '–'}" for one in found),
    )


def _person(workspace_id: int, typed: str) -> int:
    found = customer_typed(workspace_id=workspace_id, typed=typed)
    if found is None:
        raise BadInterview(Text("Nobody of that name is known; look for the person first."))
    return found.id
