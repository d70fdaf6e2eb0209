"""The addresses that client libraries post events to; answered once the events are committed."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shinrai.accounts.pages.guards import open_to_all
from shinrai.api.problems import spoken
from shinrai.console.pages import takes
from shinrai.intake.events.request import MOST_BYTES, RefusedEvents, read_request, too_large
from shinrai.postgres.failpoints import passed
from shinrai.units.text import Text
from shinrai.usage.operations.events import receive_events, set_aside
from shinrai.usage.rules.dialects.messages import message_events
from shinrai.usage.rules.dialects.segment import TYPES
from shinrai.usage.rules.event import BadEvent, RowIds, SameActor, UsageEvent

MOST_KEPT = 32 * 1024  # bytes of a message that is set aside


def _door(dialect: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view to whoever has a key, and let it take what its dialect may send."""

    def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.refuse_large = too_large  # type: ignore[attr-defined]
        page: Any = open_to_all(takes(MOST_BYTES[dialect])(view))  # the key in it is checked
        return csrf_exempt(require_POST(page))  # type: ignore[no-any-return]

    return opened


@_door("segment")
def segment(request: HttpRequest, kind: str) -> HttpResponse:
    """Take messages of Segment's and RudderStack's libraries: a batch, or one of a kind."""
    if kind not in ("batch", *TYPES):
        return RefusedEvents(404, "unknown_address", Text("there is no such address")).answer()
    return _received(request, "segment", kind="" if kind == "batch" else kind)


@_door("posthog")
def posthog(request: HttpRequest) -> HttpResponse:
    """Take events of PostHog's libraries, one or a batch."""
    return _received(request, "posthog")


@_door("posthog")
def posthog_results(request: HttpRequest) -> HttpResponse:
    """Take a batch of PostHog's libraries, and say of each event what became of it."""
    return _received(request, "posthog", has_results=True)


def _received(
    request: HttpRequest, dialect: str, *, kind: str = "", has_results: bool = False
) -> HttpResponse:
    at, ids = request.at, RowIds()  # type: ignore[attr-defined]
    try:
        asked = read_request(request, dialect, at=at)
    except RefusedEvents as refused:
        return refused.answer()
    good: list[UsageEvent | SameActor] = []
    bad: list[tuple[str, Text, bytes]] = []
    results: dict[str, dict[str, str]] = {}
    for number, message in enumerate(asked.messages, 1):
        if kind and isinstance(message, dict):
            message = {key: value for key, value in message.items() if key != "writeKey"}
            message["type"] = kind
        result = {"result": "ok"}
        try:
            good += message_events(
                message, dialect=dialect, sent_at=asked.sent_at, received_at=at, ids=ids
            )
        except BadEvent as error:
            bad.append((f"message {number}", error.text, _kept(message)))
            result = {"result": "drop", "details": spoken(error.text)}
        if has_results and isinstance(message, Mapping):
            results[str(message.get("uuid", number))[:200]] = result
    # Without bad ones, COPY alone is the transaction: three waits for the database fewer.
    with transaction.atomic() if bad else nullcontext():
        receive_events(workspace_id=asked.workspace_id, events=good, received_at=at)
        if bad:
            origin = f"POST {request.path}"[:80]
            set_aside(workspace_id=asked.workspace_id, origin=origin, bad=bad, at=at)
    passed("intake.received")
    if has_results:
        return JsonResponse({"results": results})
    # What each library looks for, and how many events were set aside.
    return JsonResponse({"success": True, "status": 1, "quarantined": len(bad)})


def _kept(message: object) -> bytes:
    try:
        return json.dumps(message).encode()[:MOST_KEPT]
    except RecursionError:
        return b"nested too deep"
