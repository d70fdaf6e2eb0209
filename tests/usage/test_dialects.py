"""What client libraries and standards send, written after their messages, becomes right events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shinrai.units.text import translated
from shinrai.usage.rules.dialects.messages import message_events, read_json
from shinrai.usage.rules.event import BadEvent, RowIds, SameActor, UsageEvent

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


def read(message: Any, **more: Any) -> list[UsageEvent | SameActor]:
    return message_events(message, received_at=NOW, ids=RowIds(), **more)


def segment(**more: Any) -> dict[str, Any]:
    """Return a message as segment-analytics-python 2.4 sends it."""
    return {
        "integrations": {},
        "anonymousId": None,
        "timestamp": "2026-06-10T02:00:00+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "type": "track",
        "event": "Practised",
        "properties": {"minutes": 5},
        "userId": "aoi",
        "messageId": "m-1",
        **more,
    }


def posthog(**more: Any) -> dict[str, Any]:
    """Return an event as posthog 7 sends it."""
    return {
        "event": "Practised",
        "uuid": "0190-a",
        "distinct_id": "mio",
        "timestamp": "2026-06-10T02:00:00+00:00",
        "properties": {"minutes": 3, "$lib": "posthog-python"},
        **more,
    }


class TestSegment:
    def test_a_track_is_an_event(self):
        [event] = read(segment())
        assert (event.id, event.actor, event.name, event.is_known) == (
            *("m-1", "aoi", "Practised"),
            True,
        )
        assert event.at == NOW - timedelta(hours=1)
        assert event.properties == {"minutes": 5}

    def test_a_wrong_clock_is_corrected_by_when_it_was_sent_and_the_date_said_is_kept(self):
        sent_at = datetime(2026, 6, 8, 2, 30, tzinfo=UTC)  # two days behind
        [event] = read(segment(timestamp="2026-06-08T02:00:00Z"), sent_at=sent_at)
        assert event.at == NOW - timedelta(minutes=30)
        assert event.said_at == datetime(2026, 6, 8, 2, tzinfo=UTC)

    def test_who_signs_in_on_a_device_is_claimed_to_be_the_same(self):
        _event, claim = read(segment(type="identify", anonymousId="dev-1", traits={"grade": 3}))
        assert (claim.anonymous, claim.known, claim.how) == ("dev-1", "aoi", "identify")
        _event, claim = read(segment(type="alias", previousId="old"))
        assert (claim.anonymous, claim.known, claim.how) == ("old", "aoi", "alias")

    def test_without_an_id_equal_messages_of_a_batch_are_two(self):
        ids = RowIds()
        first, second = (
            message_events(segment(messageId=None), received_at=NOW, ids=ids)[0].id
            for _ in range(2)
        )
        again = read(segment(messageId=None))[0].id
        assert first == again != second

    def test_the_zone_of_the_device_and_the_group_are_kept(self):
        context = {"timezone": "America/New_York", "groupId": "acme"}
        [event] = read(segment(context=context))
        assert (event.zone, event.group) == ("America/New_York", "acme")

    def test_names_and_addresses_are_left_out_by_name(self):
        given = {"firstName": "Aoi", "plan": "free", "home": {"street": "1-2", "city": "Kyoto"}}
        [event] = read(segment(properties={**given, "tags": ["a"]}))
        assert event.properties == {
            "plan": "free",
            "home.city": "Kyoto",
            "$left_out": "firstName, home.street, tags",
        }


class TestPostHog:
    def test_an_event_is_an_event_in_both_modes(self):
        [plain] = read(posthog())
        [strict] = read(posthog(options={}, properties={"minutes": 3}))
        assert (plain.id, plain.actor, plain.at) == (strict.id, strict.actor, strict.at)

    def test_a_sign_in_and_a_merge_are_claims(self):
        given = {"$anon_distinct_id": "anon"}
        _event, claim = read(posthog(event="$identify", properties=given))
        assert (claim.anonymous, claim.known, claim.how) == ("anon", "mio", "identify")
        _event, claim = read(posthog(event="$merge_dangerously", properties={"alias": "b"}))
        assert claim.how == "merge"


class TestStandards:
    def test_an_xapi_statement(self):
        [event] = read(
            {
                "id": "9dc9",
                "actor": {"account": {"name": "f6c5", "homePage": "http://fun-mooc.fr"}},
                "verb": {"id": "https://w3id.org/xapi/video/verbs/seeked"},
                "object": {"id": "uuid://7d4f"},
                "result": {"extensions": {"https://w3id.org/x/length": 263.24}},
                "timestamp": "2021-11-29T23:09:00.867219+00:00",
            }
        )
        assert (event.id, event.actor, event.name) == ("9dc9", "f6c5", "seeked")
        assert event.properties == {"object": "uuid://7d4f", "length": 263.24}

    def test_a_cloud_event(self):
        [event] = read(
            {
                "specversion": "1.0",
                "id": "7",
                "source": "/app",
                "type": "lesson.done",
                "subject": "aoi",
                "time": "2026-06-10T00:00:00Z",
                "data": {"score": 80},
            }
        )
        assert (event.id, event.actor, event.name) == ("/app/7", "aoi", "lesson.done")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (segment(userId="", anonymousId=""), "it has no actor"),
        (segment(event="a\0"), "its event holds signs"),
        (segment(userId="\ud800"), "its actor holds signs"),
        (segment(timestamp="1900-01-01T00:00:00Z"), "before any service"),
        (segment(timestamp="2099-01-01T00:00:00Z"), "to come"),
        (segment(timestamp="noon"), "is no moment"),
        (segment(messageId="x" * 201), "its id is longer"),
        (segment(properties={"x": "a" * 40_000}), "its properties take"),
        (segment(type="delete"), "its type is none"),
        ([segment()], "it is no JSON object"),
    ],
)
def test_what_cannot_count_is_refused_with_the_reason(message, why):
    with pytest.raises(BadEvent) as refused:
        read(message)
    assert why in translated(refused.value.text, "en")


@pytest.mark.parametrize("depth", [50, 100_000])
def test_deep_documents_are_refused(depth):
    with pytest.raises(BadEvent):
        read(read_json('{"event":' * depth + "1" + "}" * depth))
