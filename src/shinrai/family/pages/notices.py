"""The pages of a guardian's notices: what was said, what they want to be told, how to end it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import workspace_numbered
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import WEEKDAYS
from shinrai.delivery.push import public_key
from shinrai.family.operations.wishes import (
    UnknownUnsubscription,
    confirm_address,
    end_channel,
    end_subscriptions,
    guardian_of_token,
    read_notice,
    set_language,
    set_plan,
    subscribe,
)
from shinrai.family.pages.session import GuardianRequest, guardians_only
from shinrai.family.queries.guardians import linked_learners
from shinrai.family.queries.notices import (
    notices_to,
    open_subscriptions,
    plan_of_guardian,
)
from shinrai.family.rules.plan import CHANNELS, KINDS, GuardianPlan, plan_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text

WORKER: Final = Path(__file__).parents[1] / "static" / "family" / "worker.js"
MOST_BODY: Final = 4000
SHOWN: Final = 100
STATES: Final[Mapping[str, Text]] = {
    "waiting": Text("on its way"),
    "sent": Text("sent", context="notice"),
    "failed": Text("not delivered"),
    "stopped": Text("stopped before it left"),
}


@require_safe
@never_cache
@open_to_all
@guardians_only
def notices(request: GuardianRequest, number: int | None = None) -> HttpResponseBase:
    """Show what was said to a guardian, all or one; what they see here they have read."""
    visit, at = request.visit, request.at
    found = notices_to(visit.guardian.id, at=at)
    if number is not None:
        found = tuple(one for one in found if one.id == number)
        if not found:
            raise Http404
    record_view(
        workspace_id=visit.workspace.id,
        what="guardian notices",
        subject=f"customer:{visit.guardian.id}",
        at=at,
        by=visit.by,
    )
    for one in found[:SHOWN]:
        read_notice(guardian_id=visit.guardian.id, number=one.id, at=at)
    context = {"rows": notice_rows(found), "is_one": number is not None}
    return render(request, "family/notices.html", {**_context(request), **context})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
@guardians_only
def settings(request: GuardianRequest) -> HttpResponseBase:
    """Show and change what a guardian is told, by which channel, and when."""
    visit, at = request.visit, request.at
    guardian, by = visit.guardian, visit.by
    if request.method != "POST":
        return _settings(request, plan_of_guardian(guardian.id))
    what = request.POST.get("what", "")
    try:
        if what == "confirm":
            confirm_address(guardian=guardian, at=at, by=by)
        elif what == "subscribe":
            asked = _json(request.POST.get("subscription", ""))
            subscribe(guardian=guardian, document=asked, at=at, by=by)
        elif what == "end":
            end_subscriptions(guardian=guardian, at=at, by=by)
        else:
            plan = plan_of(_asked(request.POST))
            set_plan(guardian=guardian, plan=plan, at=at, by=by)
            set_language(guardian=guardian, language=request.POST.get("language", ""))
    except UserError as error:
        plan = plan_of_guardian(guardian.id)
        wrong = reader_text(error.text)
        return _settings(request, plan, asked=request.POST, wrong=wrong)
    messages.success(request, gettext("Saved."))
    return redirect("family_settings")


@csrf_exempt  # RFC 8058: a mailbox posts it, without cookies; the token alone says whose it is
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def stop(request: Any, token: str) -> HttpResponseBase:
    """End mail to a guardian by one click; opening the address, as programs do, ends nothing."""
    try:
        guardian, channel = guardian_of_token(token)
        if request.method == "POST":
            end_channel(token, at=request.at)
    except UnknownUnsubscription as error:
        raise Http404 from error
    with translation.override(guardian.language):
        is_ended = not plan_of_guardian(guardian.id).wishes.get(channel)
        context = {"workspace": workspace_numbered(guardian.workspace), "is_ended": is_ended}
        return render(request, "family/stop.html", context)


@require_safe
@open_to_all
def worker(_request: HttpRequest) -> HttpResponse:
    """Send the script that shows a notice in a browser; from here it may see `/family/` alone."""
    return HttpResponse(WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")


def notice_rows(found: Any) -> list[dict[str, Any]]:
    """Return notices with words for how they stand by channel, as pages show them."""
    return [
        {
            "notice": one,
            "kind": reader_text(KINDS[one.kind]),
            "states": [
                (reader_text(CHANNELS[channel]), reader_text(STATES[state]), state)
                for channel, state in one.states.items()
            ],
        }
        for one in found[:SHOWN]
    ]


def _settings(
    request: GuardianRequest,
    plan: GuardianPlan,
    *,
    asked: Mapping[str, Any] | None = None,
    wrong: str = "",
) -> HttpResponse:
    document = plan.document
    quiet = [*document["quiet"], "", ""][:2]
    typed = asked or {}
    context = {
        "kinds": [
            (kind, reader_text(words),
             [(channel, reader_text(said), plan.wants(channel, kind))
              for channel, said in CHANNELS.items()])
            for kind, words in KINDS.items()
        ],
        "days": [(number, reader_text(name)) for number, name in enumerate(WEEKDAYS)],
        "weekly_day": typed.get("weekly_day") or str(plan.weekly_day),
        "due_time": typed.get("due_time") or document["due_time"],
        "since": typed.get("since", quiet[0]),
        "until": typed.get("until", quiet[1]),
        "language": typed.get("language") or request.visit.guardian.language,
        "push_key": public_key(),
        "browsers": len(open_subscriptions(request.visit.guardian.id)),
        "wrong": wrong,
    }  # fmt: skip
    status = 422 if wrong else 200
    return render(request, "family/settings.html", {**_context(request), **context}, status=status)


def _context(request: GuardianRequest) -> dict[str, Any]:
    visit = request.visit
    children = linked_learners(visit.guardian.id, request.at)
    return {"workspace": visit.workspace, "guardian": visit.guardian, "children": children}


def _asked(typed: Any) -> dict[str, Any]:
    quiet = [typed.get(name, "") for name in ("since", "until")]
    return {
        "wishes": {channel: typed.getlist(channel) for channel in CHANNELS},
        "quiet": [one for one in quiet if one],
        "weekly_day": typed.get("weekly_day"),
        "due_time": typed.get("due_time"),
    }


def _json(text: str) -> object:
    try:
        return json.loads(text[:MOST_BODY])
    except ValueError:
        return None
