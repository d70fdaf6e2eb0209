"""The channel of Slack: what it asks for, whom it believes, and what it does with what comes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.conf import settings
from slack_sdk.signature import SignatureVerifier

from shinrai.accounts.queries import workspace_numbered
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import QueueRequest, queue_of
from shinrai.intake.rules.channels import (
    Accepted,
    Channel,
    ConnectionField,
    ConnectionView,
    IncomingRequest,
    NotAllowed,
    NotReached,
    Outcome,
    ReceiptView,
    RefusedThere,
)
from shinrai.intake.slack.client import UnknownPerson, call, member, person_mail
from shinrai.intake.slack.filing import accept_window, handle_filing, open_window
from shinrai.intake.slack.replies import accept_reply, handle_reply
from shinrai.intake.slack.thread import tell
from shinrai.intake.slack.words import due_list, escaped
from shinrai.units.errors import UserError
from shinrai.units.text import Text, translated, verbatim

MOST_DUE: Final = 30
BOT_TOKEN: Final = Text("“Bot User OAuth Token” of the app; it begins with xoxb-.")
SECRET: Final = Text("“Signing Secret” on the app's page of basic information.")
CHANNEL_NUMBER: Final = Text(
    "Cases are told there. It begins with C and stands below the channel's details."
)
HELP: Final = Text(
    "`/shinrai due` lists what is late or due today. An investigation is filed by the shortcut "
    "“File an investigation”, also in the menu of a message."
)


def accept(connection: ConnectionView, request: IncomingRequest, *, at: datetime) -> Accepted:
    """Answer a command, a shortcut, a window or an event; what has an effect is stored."""
    _verify(connection, request, at)
    asked = _document(request)
    kind = asked.get("type")
    if kind == "url_verification":
        return Accepted(document={"challenge": str(asked.get("challenge"))[:200]})
    if kind == "event_callback" and isinstance(asked.get("event"), dict):
        return accept_reply(connection, asked["event"], str(asked.get("event_id")), at=at)
    if kind in ("shortcut", "message_action"):
        return open_window(connection, asked)
    if kind == "view_submission":
        return accept_window(connection, asked, at=at)
    if "command" in asked:
        return _command(connection, asked, at)
    return Accepted()


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """File an investigation, or resubmit one with the facts that were missing."""
    stored = json.loads(receipt.body)
    do = handle_filing if stored["do"] == "file" else handle_reply
    return do(connection, receipt, stored, at=at)


def check(connection: ConnectionView, *, at: datetime) -> Text:
    """Say which Slack workspace and channel the connection reaches."""
    team = str(call(connection, "auth_test")["team"])
    found = call(connection, "conversations_info", channel=connection.settings["channel"])
    channel = found["channel"]
    if not channel.get("is_member"):
        raise RefusedThere(
            Text("Invite the app to #{channel}: /invite @Shinrai", channel=channel.get("name"))
        )
    return Text(
        "Slack answers: {team}, and cases are told in #{channel}.",
        team=team,
        channel=channel.get("name"),
    )


def _verify(connection: ConnectionView, request: IncomingRequest, at: datetime) -> None:
    clock: Any = SimpleNamespace(now=at.timestamp)
    verifier = SignatureVerifier(connection.secrets["signing_secret"], clock)
    try:
        is_slack = verifier.is_valid_request(request.body, request.headers)
    except (ValueError, TypeError, OverflowError):  # no number, no ASCII, no UTF-8
        is_slack = False
    if not is_slack:
        raise NotAllowed(Text("the signature is not Slack's, or is older than five minutes"))


def _document(request: IncomingRequest) -> Mapping[str, Any]:
    """Return what a request says: JSON, a form, or JSON in a form."""
    try:
        text = request.body.decode()
        if not request.headers.get("content-type", "").startswith("application/json"):
            form = {name: values[-1] for name, values in parse_qs(text).items()}
            if "payload" not in form:
                return form
            text = form["payload"]
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UserError(Text("this is no request of Slack"))
    return found


def _command(connection: ConnectionView, asked: Mapping[str, Any], at: datetime) -> Accepted:
    """Answer `/shinrai due` to whoever asks, alone; anything else with the help."""
    language = connection.settings["language"]
    if str(asked.get("text", "")).strip().casefold() != "due":
        return _said(escaped(translated(HELP, language)))
    try:
        who = member(connection, person_mail(connection, str(asked.get("user_id"))))
    except (UnknownPerson, NotReached, RefusedThere) as error:
        return _said(escaped(translated(error.text, language)))
    there = workspace_numbered(connection.workspace_id)
    today = at.astimezone(ZoneInfo(there.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    until = {"due_before": (today + timedelta(days=1)).isoformat()}
    found = queue_of(QueueRequest([queue_place(there, who, at=at)], at, until, most=MOST_DUE))
    listed = due_list(
        found.rows,
        listed=found.listed,
        address=f"{settings.SHINRAI_ADDRESS}/w/{there.slug}",
        at=at,
        language=language,
    )
    return _said(listed)


def _said(text: str) -> Accepted:
    return Accepted(document={"response_type": "ephemeral", "text": text})


CHANNEL = Channel(
    key="slack",
    title=verbatim("Slack"),
    explained=Text("Investigations are filed from Slack, and their thread says how they stand."),
    fields=(
        ConnectionField("bot_token", Text("token of the app"), BOT_TOKEN, is_secret=True),
        ConnectionField("signing_secret", Text("signing secret"), SECRET, is_secret=True),
        ConnectionField("channel", Text("number of the channel"), CHANNEL_NUMBER, most=20),
        ConnectionField(
            "language",
            Text("language in Slack"),
            choices=(("en", Text("English")), ("ja", Text("Japanese"))),
            usual="en",
        ),
        ConnectionField(
            "free_text",
            Text("words of answers in Slack"),
            Text("Without them Slack gets keys, states, facts asked for and links alone."),
            choices=(("no", Text("no, keys and states alone")), ("yes", Text("yes, masked"))),
            usual="no",
        ),
    ),
    handle=handle,
    tell=tell,
    check=check,
    accept=accept,
)
