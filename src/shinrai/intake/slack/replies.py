"""Replies in threads of Slack: while a case is sent back they supply the facts that are missing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache

from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.queries.actions import actions_on
from shinrai.desk.rules.action_steps import BadFields, action_steps
from shinrai.desk.rules.actions import ActionRefused, allowed_action
from shinrai.desk.rules.case_facts import FACT, AskedFact
from shinrai.intake.queries import is_received, thread_noted, threads_at
from shinrai.intake.rules.channels import (
    Accepted,
    ConnectionView,
    NotReached,
    Outcome,
    ReceiptView,
    RefusedThere,
)
from shinrai.intake.slack.client import AT_ONCE_S, UnknownPerson, call, member, person_mail
from shinrai.intake.slack.words import escaped, plain
from shinrai.units.text import LANGUAGES, Text, in_a_row, translated

SAID: Final = (None, "thread_broadcast", "file_share")  # subtypes of what a person wrote
HINT_KEPT_S: Final = 24 * 3600
COLONS: Final = (":", "\uff1a")
UNASKED: Final = Text(
    "No facts are asked for in this thread now, so your reply stays in Slack. Write a note on the "
    "page of the case."
)
AGAIN: Final = Text("Reply again with all of them, or give them on the page of the case.")


def accept_reply(
    connection: ConnectionView, event: Mapping[str, Any], event_id: str, *, at: datetime
) -> Accepted:
    """Store a reply that supplies the facts of a case that was sent back; else hint at the page.

    In the thread of somebody's message people talk of many things: there only lines that name
    their fact count. Raises: NotReached, upon which Slack sends the event again.
    """
    outside_id, place = f"event:{event_id}", f"{event.get('channel')}:{event.get('thread_ts')}"
    is_said = event.get("type") == "message" and event.get("subtype") in SAID
    if not (is_said and event.get("thread_ts") and event.get("user")) or event.get("bot_id"):
        return Accepted()
    ours = thread_noted(connection_id=connection.id, note_id=place)
    threads = (ours,) if ours else threads_at(connection_id=connection.id, outside_id=place)
    if not threads or is_received(connection_id=connection.id, outside_id=outside_id):
        return Accepted()
    try:
        mail = person_mail(connection, str(event["user"]))
        who = member(connection, mail)
        known = ((one.case_id, actions_on(one.case_id, who, at=at)) for one in threads)
        found = next((one for one in known if one[1].standing.phase == "sent_back"), None)
        if found is None:
            return _hint(connection, event, UNASKED, once=place) if ours else Accepted()
        case_id, actions = found
        text, asked = plain(str(event.get("text") or "")), actions.context.missing
        facts = facts_said(text, asked, is_free=ours is not None)
        if not facts and asked and not ours:
            return Accepted()
        given = {FACT + key: value for key, value in facts.items()} or {"words": text}
        action = allowed_action("resubmit", actions.standing, who.roles)
        action_steps(action, given, actions.context)
    except (UnknownPerson, ActionRefused) as error:
        return _hint(connection, event, error.text, once=place) if ours else Accepted()
    except BadFields as error:
        said = in_a_row((*error.errors.values(), AGAIN))
        return _hint(connection, event, said, once=outside_id)
    replied = {"do": "reply", "mail": mail, "case": case_id, "given": given}
    return Accepted(((outside_id, json.dumps(replied).encode()),))


def handle_reply(
    connection: ConnectionView, receipt: ReceiptView, replied: Mapping[str, Any], *, at: datetime
) -> Outcome:
    """Resubmit the case as the member who replied, as of the reply."""
    case_id = int(replied["case"])
    try:
        who = member(connection, replied["mail"])
        asked = ActionRequest(case_id, "resubmit", replied["given"], who, at)
        try:
            act(replace(asked, happened_at=receipt.came_at))
        except BadFields as error:
            if "at" not in error.errors:
                raise
            act(asked)  # a step came between: it follows that one
    except (UnknownPerson, ActionRefused, BadFields) as error:
        return Outcome(ignored=error.text)
    return Outcome(case_id)


def facts_said(text: str, asked: Sequence[AskedFact], *, is_free: bool) -> dict[str, str]:
    """Return facts by key from a reply: lines `name: value`, in either language, or by its key.

    A free reply may also be the one fact that is asked for, or a line for each, in their order.
    """
    facts = [one.fact for one in asked if one.fact.form != "files"]
    names = {
        said.casefold(): fact.key
        for fact in facts
        for said in (fact.key, *(translated(fact.name, language) for language in LANGUAGES))
    }
    found: dict[str, list[str]] = {}
    key = None
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        cut = min((line.find(sign) for sign in COLONS if sign in line), default=0)
        named = names.get(line[:cut].strip(" *_•-").casefold())
        key = named or key
        if key is not None:
            found.setdefault(key, []).append(line[cut + 1 :] if named else line)
    if not found and is_free and len(facts) == 1:
        found = {facts[0].key: lines}
    elif not found and is_free and len(lines) == len(facts):
        found = {fact.key: [line] for fact, line in zip(facts, lines, strict=True)}
    return {name: "\n".join(said).strip() for name, said in found.items()}


def _hint(
    connection: ConnectionView, event: Mapping[str, Any], said: Text, *, once: str
) -> Accepted:
    """Say something to the one who wrote, once; that it cannot be said is no failure."""
    given = {name: str(event[name]) for name in ("channel", "user", "thread_ts")}
    given["text"] = escaped(translated(said, connection.settings["language"]))
    if cache.add(f"slack:hint:{connection.id}:{once}:{given['user']}", "1", HINT_KEPT_S):
        try:
            call(connection, "chat_postEphemeral", AT_ONCE_S, **given)
        except (NotReached, RefusedThere):
            return Accepted()
    return Accepted()
