"""The door for events: each library is answered as it expects, and nothing is lost."""

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.operations.api_keys import make_key, revoke_key
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.intake.events import request as limits
from shinrai.usage.models import InboxEvent
from shinrai.usage.operations.events import decoded
from shinrai.usage.queries.actors import set_aside_events
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
NOON = datetime(2026, 6, 10, 3, tzinfo=UTC)
TRACK = {"type": "track", "userId": "aoi", "event": "Practised", "messageId": "m-1"}
CAPTURE = {"event": "Practised", "distinct_id": "mio", "uuid": "u-1", "properties": {}}


@pytest.fixture
def key(cast: Cast) -> str:
    made = {"role": Role.CS_AGENT, "label": "app", "at": NOON, "by": "staff:1"}
    return make_key(workspace_id=cast.workspace.id, scope=Scope.EVENTS, **made).secret


def send(address: str, document: Any, *, key: str = "", **headers: str) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    if key:
        headers["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    with time_machine.travel(NOON, tick=False):
        return Client().post(address, body, content_type="application/json", **headers)


def waiting() -> list[Any]:
    rows = InboxEvent.objects.order_by("id").values_list("document", flat=True)
    return [decoded(bytes(row)) for row in rows]


def test_the_key_comes_in_each_of_the_ways_that_libraries_send_it(key):
    answers = [
        send("/v1/batch", {"batch": [TRACK]}, key=key),
        send("/v1/batch", {"batch": [TRACK], "writeKey": key}),
        send("/batch/", {"batch": [CAPTURE], "api_key": key}),
        send("/capture/", {**CAPTURE, "api_key": key}),
        send("/i/v1/analytics/events", {"batch": [CAPTURE]}, HTTP_AUTHORIZATION=f"Bearer {key}"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(answer["Content-Type"] == "application/json" for answer in answers)
    assert answers[-1].json() == {"results": {"u-1": {"result": "ok"}}}
    assert [event.actor for event in waiting()] == ["aoi", "aoi", "mio", "mio", "mio"]


@pytest.mark.parametrize("kind", ["track", "identify", "alias", "group", "page", "screen"])
def test_each_kind_of_message_has_an_address(key, kind):
    message = {**TRACK, "previousId": "old", "groupId": "acme", "writeKey": key}
    assert send(f"/v1/{kind}", message).status_code == 200
    assert waiting()[0].actor == "aoi"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_batch_is_read(key, encoding):
    packed = gzip.compress if encoding == "gzip" else zlib.compress
    body = packed(json.dumps({"batch": [TRACK]}).encode())
    assert send("/v1/batch", body, key=key, HTTP_CONTENT_ENCODING=encoding).status_code == 200
    assert len(waiting()) == 1


def test_a_bad_event_in_a_good_batch_is_set_aside(key, cast):
    bad = {**TRACK, "userId": "", "messageId": "m-2"}
    answer = send("/v1/batch", {"batch": [TRACK, bad, 7]}, key=key)
    assert (answer.status_code, answer.json()["quarantined"]) == (200, 2)
    assert len(waiting()) == 1
    found = set_aside_events(cast.workspace.id)
    assert [(one.origin, one.place) for one in reversed(found)] == [
        ("POST /v1/batch", "message 2"),
        ("POST /v1/batch", "message 3"),
    ]
    assert found[1].reason["en"] == "it has no actor"


def test_a_posthog_client_is_told_which_event_was_dropped_and_why(key):
    batch = {"batch": [CAPTURE, {**CAPTURE, "uuid": "u-2", "event": ""}]}
    answer = send("/i/v1/analytics/events", batch, HTTP_AUTHORIZATION=f"Bearer {key}")
    assert answer.json()["results"] == {
        "u-1": {"result": "ok"},
        "u-2": {"result": "drop", "details": "it has no event"},
    }


def test_the_clock_of_a_device_is_corrected_by_when_it_sent(key):
    early = {**TRACK, "timestamp": "2026-06-10T02:00:00Z"}
    send("/v1/batch", {"batch": [early], "sentAt": "2026-06-10T02:10:00Z"}, key=key)
    assert waiting()[0].at == datetime(2026, 6, 10, 2, 50, tzinfo=UTC)


def test_the_events_go_to_the_workspace_of_the_key_alone(key, cast):
    send("/v1/batch", {"batch": [{**TRACK, "workspace": cast.simulated.slug}]}, key=key)
    assert set(InboxEvent.objects.values_list("workspace_id", flat=True)) == {cast.workspace.id}


def test_a_key_of_apps_reads_nothing_and_a_key_that_reads_sends_nothing(key, cast):
    made = {"role": Role.OWNER, "label": "r", "at": NOON, "by": "staff:1"}
    reading = make_key(workspace_id=cast.workspace.id, scope=Scope.READ, **made)
    writing = make_key(workspace_id=cast.workspace.id, scope=Scope.WRITE, **made)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    assert (
        Client().get(f"/api/v1/workspaces/{cast.workspace.slug}/audit", **bearer).status_code == 403
    )
    assert send("/v1/batch", {"batch": [TRACK]}, key=reading.secret).status_code == 401
    assert send("/v1/batch", {"batch": [TRACK]}, key=writing.secret).status_code == 200
    revoke_key(workspace_id=cast.workspace.id, number=writing.record.number, at=NOON, by="staff:1")
    assert send("/v1/batch", {"batch": [TRACK]}, key=writing.secret).status_code == 401


# The moment is fixed: it would stand in the names of tests, which differ between workers then.
BOMB = gzip.compress(b" " * (30 << 20), mtime=0)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b'{"batch":', {}, 400),
        (b'{"batch": 7}', {}, 400),
        (b"\x00\xff", {}, 400),
        (b'{"a":' * 1000 + b"1" + b"}" * 1000, {}, 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {}, 400),
        (b"9" * 5000, {}, 400),
        (b"no gzip", {"HTTP_CONTENT_ENCODING": "gzip"}, 400),
        (gzip.compress(b'{"batch": []}', mtime=0)[:-9], {"HTTP_CONTENT_ENCODING": "gzip"}, 400),
        (BOMB, {"HTTP_CONTENT_ENCODING": "gzip"}, 413),
        (b"x", {"HTTP_CONTENT_ENCODING": "br"}, 415),
        (b" " * (4 << 20) + b"{}", {}, 413),
        (b'{"batch": [' + b"7," * 10_000 + b"7]}", {}, 413),
    ],
)
def test_what_cannot_be_read_gets_a_clear_answer(key, body, headers, status):
    answer = send("/v1/batch", body, key=key, **headers)
    assert answer.status_code == status
    assert answer.json().keys() >= {"code", "message", "detail"}
    assert waiting() == []


def test_too_many_requests_are_asked_to_wait(key, monkeypatch):
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 1)
    assert send("/v1/batch", {"batch": [TRACK]}, key=key).status_code == 200
    answer = send("/v1/batch", {"batch": [TRACK]}, key=key)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 100)
    monkeypatch.setattr(limits, "MOST_WAITING", -1)  # the worker stands still
    answer = send("/v1/batch", {"batch": [TRACK]}, key=key)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"userId": None}, "it has no actor"),
        ({"userId": "a\0"}, "its actor holds signs that are no text"),
        ({"userId": "\ud800"}, "its actor holds signs that are no text"),
        ({"groupId": "a\0"}, "its group holds signs that are no text"),
        ({"groupId": "\ud800"}, "its group holds signs that are no text"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "it is dated 2999-01-01, which is to come"),
        ({"timestamp": "1066-10-14T00:00:00Z"}, "it is dated 1066-10-14, before any service"),
        ({"properties": {"a": "x" * 3_000_000}}, "its properties take 3,000,008 bytes"),
        ({"properties": {"a": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}}, "it is nested too deep"),
    ],
)
def test_a_bad_event_is_set_aside_and_the_good_beside_it_counts(key, cast, more, reason):
    answer = send("/v1/batch", {"batch": [TRACK, {**TRACK, "messageId": "m-2", **more}]}, key=key)
    assert (answer.status_code, answer.json()["quarantined"]) == (200, 1)
    assert [event.id for event in waiting()] == ["m-1"]
    [found] = set_aside_events(cast.workspace.id)
    assert found.reason["en"] == reason


def test_what_is_odd_and_no_fault_counts(key):
    odd = {
        "context": {"timezone": "\ud800\0"},
        "properties": {"n": 10**40, "x": float("nan"), "\ud800": "a\0b"},
        "messageId": None,
    }
    assert send("/v1/batch", {"batch": [{**TRACK, **odd}]}, key=key).json()["quarantined"] == 0
    [event] = waiting()
    assert (event.zone, event.properties) == ("?", {"n": 10**40, "x": None, "?": "ab"})
    assert event.id
