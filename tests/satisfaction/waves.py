"""Ask in the lesson app of Tanuki Juku as its page and script do, on Monday 8 June 2026."""

import json
from datetime import datetime
from typing import Any

import time_machine
from django.test import Client

from shinrai.satisfaction.operations.waves import AskRequest, begin_asking
from shinrai.satisfaction.queries.addresses import address_named, signature_of
from shinrai.satisfaction.queries.surveys import WaveRecord
from shinrai.satisfaction.rules.targeting import read_targeting, usual_document
from tests.cast import Cast
from tests.desk.stage import tokyo

MONDAY = tokyo(8, 11)
APP = "https://app.tanuki.example"


def asks(
    cast: Cast,
    key: str = "lesson",
    channel: str = "app",
    *,
    kind: str = "nps",
    at: datetime = MONDAY,
    closes_at: datetime | None = None,
    **aimed: Any,
) -> WaveRecord:
    """Open a survey in the way the page does."""
    targeting = read_targeting({"origins": [APP], **aimed})
    faces = aimed.get("children") == "smileys"
    request = AskRequest(
        cast.workspace.id, key, channel, targeting, at, closes_at, usual_document(kind, faces=faces)
    )
    return begin_asking(request, at=at, by="test")


def address(cast: Cast, key: str = "lesson") -> Any:
    found = address_named(workspace_id=cast.workspace.id, survey=key)
    assert found is not None
    return found


def sent(cast: Cast, path: str, said: dict[str, Any], *, at: datetime = MONDAY, **more: Any) -> Any:
    """Send what the script sends; `key` names the survey."""
    there = address(cast, more.pop("key", "lesson"))
    signed = {"signature": signature_of(there, said["person"])} | said
    origin = more.pop("origin", APP)
    with time_machine.travel(at, tick=False):
        return Client().post(
            f"/survey/{there.token}/{path}/",
            json.dumps(signed),
            content_type="application/json",
            headers={"Origin": origin},
        )


def asked(cast: Cast, person: str = "yui", **more: Any) -> bool:
    answer = sent(cast, "ask", {"person": person}, **more)
    assert answer.status_code == 200, answer.content
    return bool(answer.json()["ask"])


def answered(cast: Cast, wave: WaveRecord, person: str = "yui", **said: Any) -> Any:
    at = said.pop("sent_at", MONDAY)
    whole = {"person": person, "wave": wave.id, "id": "a" * 32, "values": {"score": 9}}
    return sent(cast, "answers", whole | said, at=at)
