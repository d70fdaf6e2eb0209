"""The page of a webhook: what is sent there, what became of it, and sending it again."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.cli.moments import read_moment
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec
from shinrai.delivery.targets import CHANNELS as NAMES
from shinrai.desk.operations.webhooks import (
    ReplayRequest,
    change_secret,
    choose_events,
    replay,
)
from shinrai.desk.queries.notices import SentNotice
from shinrai.desk.queries.webhooks import (
    STATES,
    DeliveryFilter,
    UnknownWebhook,
    webhook_deliveries,
    webhook_numbered,
)
from shinrai.desk.rules.webhook_events import BOTH_SIGN, EVENTS, TYPES
from shinrai.desk.templatetags.names import notice_words
from shinrai.postgres.queue import has_workers

SENT = ListSpec[SentNotice](
    name="webhook-messages",
    columns=(
        ListColumn("at", _("When"), lambda row: row.delivery.made_at),
        ListColumn("event", _("Event"), lambda row: TYPES.get(row.kind, row.kind)),
        ListColumn("about", _("About"), lambda row: row.about),
        ListColumn("state", _("State"), lambda row: row.delivery.state),
        ListColumn("attempts", _("Attempts"), lambda row: row.delivery.attempts, is_number=True),
        ListColumn("why", _("Why"), lambda row: row.delivery.why, is_shown=False),
    ),
    row="desk/_webhook_message.html",
    a_page=20,
    classes="cards",
    anchor="sent",
)


@require_safe
@writers_only(Permission.READ)
def webhook(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show what is sent to a webhook, and what became of it."""
    return webhook_page(request, number)


@require_POST
@writers_only(Permission.DELIVER)
def webhook_deeds(request: MemberRequest, number: int) -> HttpResponseBase:
    """Choose the events of a webhook, change its secret, or send messages to it again."""
    what = request.POST.get("what", "")
    asked: dict[str, Any] = {
        "workspace_id": request.workspace.id,
        "at": request.at,
        "by": author_of(request),
    }
    try:
        if what == "secret":
            return webhook_page(request, number, secret=change_secret(number=number, **asked))
        if what == "events":
            choose_events(number=number, events=request.POST.getlist("events"), **asked)
            messages.success(request, gettext("From now on these events are sent."))
        elif what == "again":
            _say_replayed(request, replay(ReplayRequest(webhook=number, **asked, **_span(request))))
        else:
            raise Http404
    except UnknownWebhook as error:
        raise Http404 from error
    except ValueError:  # of no form of ours: events not of the list, days that are none
        messages.warning(request, gettext("Choose events of the list, and days of the calendar."))
    return redirect("webhook", request.workspace.slug, number)


def _span(request: MemberRequest) -> dict[str, Any]:
    """Read which messages are sent again: one by its number, or those of some days.

    Raises: ValueError.
    """
    if message := request.POST.get("message", ""):
        if not message.isdecimal() or len(message) > 18:
            raise Http404
        return {"message": int(message)}
    since, until = (request.POST.get(name, "").strip() for name in ("since", "until"))
    after = (date.fromisoformat(until) + timedelta(days=1)).isoformat() if until else ""
    return {
        "since": _moment(since, request),
        "until": _moment(after, request),
        "is_failed_only": request.POST.get("which") != "all",
    }


def _moment(text: str, request: MemberRequest) -> datetime | None:
    return read_moment(text, zone=request.workspace.zone) if text else None


def _say_replayed(request: MemberRequest, count: int) -> None:
    if not count:
        messages.warning(request, gettext("There is nothing that can be sent again."))
        return
    said = ngettext(
        "%(n)s message is on its way again.", "%(n)s messages are on their way again.", count
    )
    messages.success(request, said % {"n": f"{count:,}"})


def webhook_page(request: MemberRequest, number: int, *, secret: str = "") -> HttpResponseBase:
    """Return the page of a webhook, with a secret that was just made and is shown once."""
    try:
        there = webhook_numbered(workspace_id=request.workspace.id, number=number)
    except UnknownWebhook as error:
        raise Http404 from error
    asked = {name: request.GET.get(name, "") for name in ("state", "kind")}
    asked = {
        "state": asked["state"] if asked["state"] in STATES else "",
        "kind": asked["kind"] if asked["kind"] in TYPES else "",
    }

    def source(_sort: str, key: str, skip: int, most: int) -> tuple[tuple[SentNotice, ...], int]:
        return webhook_deliveries(
            workspace=request.workspace,
            asked=DeliveryFilter(there.id, key=key, **asked),
            skip=skip,
            most=most,
        )

    states = (gettext("waiting"), gettext("delivered"), gettext("not sent"))
    filters = (
        ListFilter("state", _("State"), tuple(zip(STATES, states, strict=True))),
        ListFilter("kind", _("Event"), tuple((kind, event) for kind, event in TYPES.items())),
    )
    page = recorded_list(request, SENT, source, filters)
    if not isinstance(page, ListPage):
        return page
    counts = {
        state: webhook_deliveries(
            workspace=request.workspace, asked=DeliveryFilter(there.id, state), most=0
        )[1]
        for state in STATES
    }
    changed_at = there.secret_at
    context = {
        "list": page,
        "counts": counts,
        "there": there,
        "name": NAMES[there.channel],
        "is_signed": there.channel == "signed",
        "events": [
            (event, notice_words(kind), there.gets(kind))
            for kind, event in TYPES.items()
            if event in EVENTS
        ],
        "both_until": changed_at + BOTH_SIGN
        if changed_at and request.at < changed_at + BOTH_SIGN
        else None,
        "secret": secret,
        "nobody_works": not has_workers(),
        "may_set": may(request.member, Permission.DELIVER),
    }
    return render(request, "desk/webhook.html", context)
