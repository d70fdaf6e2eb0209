"""Webhooks of other desks: believed by their signature, and a hint alone, however often they come.

A replay of more than five minutes is refused where a moment is signed.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client

from shinrai.intake.channels import channel_of
from shinrai.intake.models import Connection
from shinrai.intake.operations.connections import connect
from shinrai.intake.queries import connection_of_token
from shinrai.intake.rules.channels import IncomingRequest, NotAllowed
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.intake.desks.fakes import DESKS

pytestmark = pytest.mark.django_db

SECRET, BODY = "hush-hush", b'{"ticket": 7}'
MOMENT_IS_SIGNED = ("zendesk", "chatwoot")


def signed(kind: str, body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """Sign as each desk does."""
    iso, seconds = at.strftime("%Y-%m-%dT%H:%M:%SZ"), str(int(at.timestamp()))
    key = secret.encode()
    if kind == "zendesk":
        proof = base64.b64encode(hmac.digest(key, iso.encode() + body, "sha256")).decode()
        name = "x-zendesk-webhook-signature"
        return {name: proof, f"{name}-timestamp": iso}
    if kind == "chatwoot":
        proof = hmac.new(key, f"{seconds}.".encode() + body, "sha256").hexdigest()
        return {"x-chatwoot-signature": f"sha256={proof}", "x-chatwoot-timestamp": seconds}
    if kind == "freshdesk":
        return {"x-shinrai-token": secret}
    method = "sha1" if kind == "zammad" else "sha256"
    return {"x-hub-signature": f"{method}={hmac.new(key, body, method).hexdigest()}"}


@pytest.fixture(params=DESKS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def connected(cast: Cast, kind: str, secret: str = SECRET) -> Connection:
    url = "https://desk.example.com/app/accounts/1"
    number = connect(
        workspace_id=cast.workspace.id,
        kind=kind,
        name="Desk",
        given={"url": url, "token": "t", "webhook_secret": secret, "tag": "shinrai",
               "kind": "other", "field": "1"},
        at=NOW,
        by="staff:1",
    )  # fmt: skip
    return Connection.objects.get(id=number)


def accept(row: Connection, headers: Mapping[str, str], body: bytes = BODY) -> Any:
    channel, view = channel_of(row.kind), connection_of_token(row.token)
    assert channel.accept is not None
    return channel.accept(view, IncomingRequest(headers, body), at=NOW)


def test_a_genuine_one_reads_the_desk_at_once_and_ten_do_no_more(cast: Cast, kind: str) -> None:
    row = connected(cast, kind)
    for _ in range(10):
        assert accept(row, signed(kind, BODY, NOW)).status == 200

    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'intake:poll'")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"x-hub-signature": "sha256", "x-zendesk-webhook-signature": "é"},
        {"x-hub-signature": "md5=" + "0" * 32, "x-chatwoot-timestamp": "1e9999"},
    ],
)
def test_nothing_else_is_believed(cast: Cast, kind: str, wrong: dict[str, str]) -> None:
    row = connected(cast, kind)
    for headers in (wrong, signed(kind, BODY, NOW, "another") | wrong):
        with pytest.raises(NotAllowed):
            accept(row, headers)


def test_without_a_secret_nothing_is_believed(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        accept(connected(cast, kind, ""), signed(kind, BODY, NOW, ""))


def test_another_body_is_not_believed(cast: Cast, kind: str) -> None:
    if kind == "freshdesk":  # it signs nothing; what is said is not read
        return
    with pytest.raises(NotAllowed):
        accept(connected(cast, kind), signed(kind, BODY, NOW), b'{"ticket": 8}')


@pytest.mark.parametrize("kind", MOMENT_IS_SIGNED)
def test_one_of_six_minutes_ago_is_refused(cast: Cast, kind: str) -> None:
    row = connected(cast, kind)
    for late in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(NotAllowed):
            accept(row, signed(kind, BODY, NOW - late))


@pytest.mark.parametrize("kind", ["jira"])
def test_over_the_network_a_wrong_one_gets_401_and_a_right_one_200(
    cast: Cast, kind: str, client: Client
) -> None:
    address = f"/hooks/{connected(cast, kind).token}/"
    asked: dict[str, Any] = {"data": BODY, "content_type": "application/json"}

    assert client.post(address, **asked).status_code == 401
    headers = signed(kind, BODY, NOW)
    assert client.post(address, **asked, headers=headers).status_code == 200
    assert client.post(f"/hooks/{'x' * 43}/", **asked, headers=headers).status_code == 404
