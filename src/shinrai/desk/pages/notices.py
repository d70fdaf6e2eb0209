"""Pages of notices: what is told to whom and when, who is on duty, and what became of messages."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import (
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import WEEKDAYS, date_text
from shinrai.delivery.mail import has_server
from shinrai.delivery.targets import CHANNELS as NAMES
from shinrai.delivery.targets import UnusableTarget
from shinrai.desk.operations.notice_settings import (
    CHANNELS,
    add_channel,
    end_channel,
    set_people,
    set_plan,
    set_preference,
)
from shinrai.desk.operations.notices import resend_notice, send_test
from shinrai.desk.pages.webhooks import webhook_page
from shinrai.desk.queries.notices import (
    WEEK,
    ChannelRecord,
    SentNotice,
    Team,
    notice_channels,
    notice_plan,
    sent_notices,
    team_of,
    week_of_duty,
)
from shinrai.desk.queries.webhooks import failed_by_webhook
from shinrai.desk.rules.notices import (
    CHANNEL_WANTS,
    TIERS,
    WANTS,
    NoticePlan,
    UnusableNotices,
)
from shinrai.desk.rules.webhook_events import EVENTS, TYPES, UnusableEvents
from shinrai.desk.templatetags.names import holder_words, notice_words
from shinrai.postgres.queue import has_workers
from shinrai.units.moments import QuietHours
from shinrai.units.text import Text

SENT = ListSpec[SentNotice](
    name="sent-notices",
    columns=(
        ListColumn("at", _("When"), lambda row: row.delivery.made_at, is_sortable=True),
        ListColumn("what", _("What"), lambda row: notice_words(row.kind), is_sortable=True),
        ListColumn("about", _("About"), lambda row: row.about),
        ListColumn("to", _("Sent to"), lambda row: row.to, is_sortable=True),
        ListColumn("state", _("State"), lambda row: row.delivery.state, is_sortable=True),
        ListColumn("why", _("Why"), lambda row: row.delivery.why, is_shown=False),
    ),
    row="desk/_sent_notice.html",
    usual="-at",
    a_page=20,
    classes="cards",
    anchor="sent",
)


@require_safe
@writers_only(Permission.READ)  # of a simulated workspace too, as members stand on it by name
def notices(request: MemberRequest) -> HttpResponseBase:
    """Show what is told to whom, who is on duty, and what became of the messages."""
    return _notices(request)


@require_POST
@writers_only(Permission.READ)
def own_notices(request: MemberRequest) -> HttpResponseBase:
    """Set of what the member wants mail, or send them a test."""
    assert request.member is not None
    if request.POST.get("what") == "test":
        return _tested(request, request.member.key)
    asked = {name: request.POST.get(name, "") for name in ("wants", "language")}
    try:
        set_preference(member_id=request.member.id, **asked)
    except UnusableNotices as error:
        return _notices(request, wrong={"own": reader_text(error.text)})
    return _done(request, gettext("Mail to you follows this from now on."))


@require_POST
@writers_only(Permission.DELIVER)
def notice_settings(request: MemberRequest) -> HttpResponseBase:
    """Set when clocks are told of and the quiet hours, or who leads and who is on duty."""
    there, at, by = request.workspace, request.at, author_of(request)
    if request.POST.get("what") == "people":
        leads, duties = _people(request)
        set_people(workspace_id=there.id, leads=leads, duties=duties, at=at, by=by)
        return _done(request, gettext("Who leads and who is on duty is saved."))
    try:
        set_plan(workspace_id=there.id, plan=_plan(request.POST), at=at, by=by)
    except UnusableNotices as error:
        return _notices(request, wrong={"plan": reader_text(error.text)})
    return _done(request, gettext("The next minute follows these settings."))


@require_POST
@writers_only(Permission.DELIVER)
def new_notice_channel(request: MemberRequest) -> HttpResponseBase:
    """Send notices to a webhook from now on; the secret of a signed one is shown once."""
    names = ("channel", "target", "wants", "language")
    asked = {name: request.POST.get(name, "").strip() for name in names}
    there, by, events = request.workspace, author_of(request), request.POST.getlist("events")
    try:
        number, secret = add_channel(
            workspace_id=there.id, asked=asked, at=request.at, by=by, events=events
        )
    except (UnusableTarget, UnusableEvents) as error:
        return _notices(request, wrong={"channel": reader_text(error.text)})
    if secret:
        return webhook_page(request, number, secret=secret)
    return _done(request, gettext("Notices go there from now on."))


@require_POST
@writers_only(Permission.DELIVER)
def notice_channel(request: MemberRequest, number: int) -> HttpResponseBase:
    """Send a test to a webhook, or end it."""
    there = {one.id for one in notice_channels(workspace_id=request.workspace.id)}
    what, by = request.POST.get("what", ""), author_of(request)
    if number not in there or what not in ("test", "end"):
        raise Http404
    if what == "test":
        return _tested(request, f"channel:{number}", number)
    end_channel(workspace_id=request.workspace.id, number=number, at=request.at, by=by)
    return _done(request, gettext("Nothing is sent there any more."))


@require_POST
@writers_only(Permission.DELIVER)
def notice_message(request: MemberRequest, number: int) -> HttpResponse:
    """Send a message again that was given up."""
    there, by = request.workspace.id, author_of(request)
    if not resend_notice(workspace_id=there, number=number, at=request.at, by=by):
        raise Http404
    return _done(request, gettext("It is on its way again; what became of it stands below."))


def _done(request: MemberRequest, told: str, webhook: int | None = None) -> HttpResponse:
    messages.success(request, told)
    if webhook is not None:
        return redirect("webhook", request.workspace.slug, webhook)
    return redirect("notices", request.workspace.slug)


def _tested(request: MemberRequest, to: str, webhook: int | None = None) -> HttpResponse:
    by = author_of(request)
    if send_test(workspace=request.workspace, to=to, at=request.at, by=by):
        told = gettext("A test is on its way; what became of it stands below.")
        return _done(request, told, webhook)
    messages.warning(
        request,
        gettext(
            "Mail cannot be sent yet: whoever runs Shinrai names a server by SHINRAI_SMTP_HOST."
        ),
    )
    return redirect("notices", request.workspace.slug)


def _plan(asked: QueryDict) -> NoticePlan:
    """Read the settings from a form.

    Raises: UnusableNotices.
    """
    since, until = (asked.get(name, "").strip() for name in ("quiet_from", "quiet_until"))
    try:
        return NoticePlan(
            at_risk_percent=int(asked.get("at_risk_percent", "")),
            lead_after=timedelta(hours=float(asked.get("lead_after", ""))),
            quiet=QuietHours(
                time.fromisoformat(since) if since else None,
                time.fromisoformat(until) if until else None,
                frozenset(int(day) for day in asked.getlist("days_off")) & frozenset(range(7)),
            ),
        )
    except (ValueError, OverflowError) as error:
        wrong = Text("Give the share and the hours as numbers, and times of day such as 19:00.")
        raise UnusableNotices(wrong) from error


def _people(
    request: MemberRequest,
) -> tuple[dict[int, int | None], dict[tuple[int, date], int | None]]:
    """Read leads and duties from a form; a number that is no member's here is nobody."""
    team, weeks = team_of(request.workspace, at=request.at), _weeks(request)

    def chosen(name: str) -> int | None:
        member = team.members.get(request.POST.get(name, ""))
        return member.id if member else None

    leads = {tier: chosen(f"lead-{tier}") for tier in TIERS}
    duties = {
        (tier, week): chosen(f"duty-{tier}-{number}")
        for tier in TIERS
        for number, week in enumerate(weeks)
    }
    return leads, duties


def _weeks(request: MemberRequest) -> tuple[date, date]:
    monday = week_of_duty(request.at, request.workspace.zone)
    return monday, monday + WEEK


def _notices(request: MemberRequest, *, wrong: Mapping[str, str] | None = None) -> HttpResponseBase:
    assert request.member is not None
    state = request.GET.get("state", "")
    state = state if state in ("waiting", "sent", "failed") else ""
    sent = sent_notices(workspace=request.workspace, state=state)
    failed = len(sent_notices(workspace=request.workspace, state="failed"))
    states = (("waiting", gettext("waiting")), ("sent", gettext("delivered")))
    choices = ListFilter("state", _("State"), (*states, ("failed", gettext("not sent"))))
    page = recorded_list(request, SENT, memory_source(sent, SENT), (choices,))
    if not isinstance(page, ListPage):
        return page
    team = team_of(request.workspace, at=request.at)
    plan = notice_plan(workspace_id=request.workspace.id)
    off = request.POST.getlist("days_off") if wrong else map(str, plan.quiet.days_off)
    days_off = frozenset(off)
    wants, language = team.wants.get(request.member.key, ("all", reader_language()))
    asked: dict[str, Any] = request.POST.dict() if wrong else {}
    bad = failed_by_webhook(workspace_id=request.workspace.id)
    chosen = request.POST.getlist("events") if wrong else []
    context = {
        "list": page,
        "failed": failed,
        "is_under_way": any(one.delivery.state == "sending" for one in sent),
        "nobody_works": not has_workers(),
        "plan": plan,
        "lead_after": f"{plan.lead_after / timedelta(hours=1):g}",
        "days": [
            (number, reader_text(name), str(number) in days_off)
            for number, name in enumerate(WEEKDAYS)
        ],
        "weeks": [date_text(week, has_year=False) for week in _weeks(request)],
        "tiers": [_tier_row(team, tier) for tier in TIERS],
        "colleagues": sorted(team.members.values(), key=lambda one: one.display_name),
        "wants": WANTS.items(),
        "own": {"wants": wants, "language": language},
        "channels": [
            (one, NAMES[one.channel], _told(one), bad.get(one.id, 0))
            for one in notice_channels(workspace_id=request.workspace.id)
        ],
        "kinds": [(key, NAMES[key]) for key in CHANNELS],
        "channel_wants": CHANNEL_WANTS.items(),
        "events": [
            (event, notice_words(kind), event in chosen)
            for kind, event in TYPES.items()
            if event in EVENTS
        ],
        "has_mail": has_server(),
        "asked": {"language": reader_language(), "channel": "slack", "wants": "own"} | asked,
        "wrong": wrong or {},
        "may_set": may(request.member, Permission.DELIVER),
    }
    return render(request, "desk/notices.html", context, status=422 if wrong else 200)


def _told(one: ChannelRecord) -> Text:
    """Return what is sent to a webhook, in a word."""
    if one.events:
        return Text("{count} event", "{count} events", count=len(one.events))
    return CHANNEL_WANTS[one.wants]


def _tier_row(team: Team, tier: int) -> dict[str, Any]:
    """Return the row of a tier: who leads it, who is on duty this week and in the next."""
    held = (team.leads.get(tier, ""), *(duty.get(tier, "") for duty in team.duties))
    names = (f"lead-{tier}", f"duty-{tier}-0", f"duty-{tier}-1")
    return {
        "tier": tier,
        "name": holder_words(f"tier:{tier}"),
        "cells": [
            (name, key, team.members.get(key)) for name, key in zip(names, held, strict=True)
        ],
    }
