"""Set and end the alert of a tile, and raise it: one message per event, and one when it is over."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.delivery.outbox import OutgoingMessage, add_message, stop_messages
from shinrai.delivery.targets import masked, usable_target
from shinrai.explore.models import AlertEvent, AlertVersion
from shinrai.explore.queries.alerts import ALERTED, OVER, AlertRecord, alerts
from shinrai.explore.queries.charts import draw_chart, topic_names
from shinrai.explore.rules.alerts import AlertRule, AlertState, BadAlert, judge, sentence
from shinrai.explore.rules.answer import SqlAnswer
from shinrai.explore.rules.charts import BadChart, chart_for
from shinrai.privacy.rules.encryption import decrypt, encrypt
from shinrai.units.text import LANGUAGES, Language, Text, translated

PICTURE: Final = "chart.png"
# The light theme of the stylesheet, for a picture that no stylesheet reaches.
PRINTED: Final[Mapping[str, str]] = {
    "accent": "#26417f", "gold": "#b87800", "plum": "#b04a90", "kept": "#2f6244",
    "ink": "#1c1a17", "ink-soft": "#57524a", "hairline": "#ddd7ca", "edge": "#8a8377",
    "paper": "#fbf9f4", "risk": "#7d5200",
}  # fmt: skip


@dataclass(frozen=True)
class AlertPlace:
    """The tile an alert is on: its dashboard, its key, its title, and the chart it shows."""

    dashboard: str
    tile: str
    title: str
    chart: Mapping[str, Any]


def picture(svg: str) -> bytes:
    """Return a drawn chart as PNG, for a mail: the wide drawing, in the colours of paper."""
    import vl_convert

    first = re.search(r"<svg.*?</svg>", svg, re.S)
    if first is None:
        return b""
    printed = re.sub(r"var\(--([a-z-]+)\)", lambda one: PRINTED[one[1]], first[0])
    return bytes(vl_convert.svg_to_png(printed, scale=2))


def set_alert(
    *,
    workspace_id: int,
    place: tuple[str, str],
    rule: AlertRule,
    target: tuple[str, str, str],
    at: datetime,
    by: str,
) -> int:
    """Set the alert of a tile, in place of the one it had; return its number.

    `place` is a dashboard and a tile; `target` a channel, an address and a language.
    Raises: BadAlert, UnusableTarget.
    """
    channel, address, language = target
    if channel not in ALERTED or language not in LANGUAGES:
        raise BadAlert(Text("Choose where the alert goes, and in which language."))
    address = usable_target(channel, address)
    with transaction.atomic():
        _end(workspace_id, place, at)
        row = AlertVersion.objects.create(
            workspace_id=workspace_id,
            dashboard=place[0],
            tile=place[1],
            kind=rule.kind,
            settings=rule.settings() | {"language": language},
            channel=channel,
            target=encrypt(settings.SHINRAI_MASTER_KEY, address),
            shown=masked(channel, address),
            at=at,
            by=by,
        )
        _audit(workspace_id, "set alert", place, at, by)
    return int(row.id)


def end_alert(*, workspace_id: int, place: tuple[str, str], at: datetime, by: str) -> bool:
    """Raise the alert of a tile no more; return whether there was one."""
    with transaction.atomic():
        if not _end(workspace_id, place, at):
            return False
        AlertVersion.objects.create(
            workspace_id=workspace_id, dashboard=place[0], tile=place[1], at=at, by=by
        )
        _audit(workspace_id, "end alert", place, at, by)
    return True


def check_alert(
    *, workspace: WorkspaceRecord, place: AlertPlace, answer: SqlAnswer, at: datetime
) -> bool:
    """Raise the alert of a tile if its answer says so; return whether a message was added.

    An alert that is raised stays so until an answer is within its limits again: then that is said.
    """
    found = alerts(workspace_id=workspace.id, dashboard=place.dashboard, tile=place.tile)
    if not found:
        return False
    alert = found[0]
    here = at.astimezone(zone_named(workspace.zone))
    judged = judge(alert.rule, answer, today=here.date(), at=here)
    if judged is None or judged.is_raised == bool(alert.raised_on):
        return False
    event = judged.event if judged.is_raised else f"{alert.raised_on}{OVER}"
    observed = {"observed": judged.observed, "against": judged.against}
    with transaction.atomic():
        _, is_new = AlertEvent.objects.get_or_create(
            alert_id=alert.id, event=event, defaults={"observed": observed, "at": at}
        )
        if is_new:
            message = _message(workspace, alert, place, judged, answer, event)
            add_message(message, at=at)
    return is_new


def _message(
    workspace: WorkspaceRecord,
    alert: AlertRecord,
    place: AlertPlace,
    judged: AlertState,
    answer: SqlAnswer,
    event: str,
) -> OutgoingMessage:
    language: Language = "ja" if alert.language == "ja" else "en"
    column = chart_for(answer.columns, answer.rows).y
    said = translated(sentence(alert.rule, judged, tile=place.title, column=column), language)
    address = f"{settings.SHINRAI_ADDRESS}/w/{workspace.slug}/dashboards/{place.dashboard}/"
    row = AlertVersion.objects.get(id=alert.id)
    content: dict[str, Any]
    if alert.channel == "mail":
        content = {"subject": said, "text": f"{said}\n\n{address}\n"}
        drawn = _picture(workspace.id, place, answer, language)
        if drawn:
            content["files"] = [[PICTURE, "image/png", b64encode(drawn).decode()]]
    elif alert.channel == "json":
        content = {
            "workspace": workspace.slug,
            "dashboard": place.dashboard,
            "tile": place.tile,
            "event": event,
            "is_raised": judged.is_raised,
            "observed": judged.observed,
            "against": judged.against,
            "text": said,
            "address": address,
        }
    elif alert.channel == "teams":
        content = _card(said, address)
    else:
        content = {"text": f"{_tame(said)}\n{address}"}
    return OutgoingMessage(
        workspace_id=workspace.id,
        sender=alert.sender,
        once=f"alert:{alert.id}:{event}",
        channel="mail" if alert.channel == "mail" else "webhook",
        target=decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.target or b"")),
        content=content,
        has_words=False,
    )


def _card(said: str, address: str) -> dict[str, Any]:
    """Return an adaptive card, as Teams reads it."""
    block = {"type": "TextBlock", "wrap": True}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{**block, "text": said}, {**block, "text": address}],
    }
    content_type = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content_type, "content": card}]}


def _tame(said: str) -> str:
    """Return a text in which Slack reads no link and calls nobody."""
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _picture(workspace_id: int, place: AlertPlace, answer: SqlAnswer, language: Language) -> bytes:
    try:
        drawn = draw_chart(
            answer=answer,
            document=place.chart,
            title=place.title,
            language=language,
            names=topic_names(workspace_id=workspace_id, language=language),
        )
    except BadChart:  # the question was changed: the sentence and the link are enough
        return b""
    return picture(drawn.svg)


def _end(workspace_id: int, place: tuple[str, str], at: datetime) -> bool:
    found = alerts(workspace_id=workspace_id, dashboard=place[0], tile=place[1])
    for one in found:
        stop_messages(sender=one.sender, at=at)
    return bool(found)


def _audit(workspace_id: int, what: str, place: tuple[str, str], at: datetime, by: str) -> None:
    subject = f"dashboard:{place[0]}/{place[1]}"
    record_action(workspace_id=workspace_id, what=what, subject=subject, at=at, by=by)
