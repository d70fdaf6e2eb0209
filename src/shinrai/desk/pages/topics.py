"""Pages of topics: the number of inquiries per topic, the codebook, and labelling."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.role import Role
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import page_dates
from shinrai.console.lists import (
    ListColumn,
    ListPage,
    ListSpec,
    list_page,
    memory_source,
    shown_page,
)
from shinrai.console.reader import reader_text
from shinrai.desk.operations.labels import NotToBeLabelled, label_inquiry
from shinrai.desk.queries.second_labels import waiting_for_second_label
from shinrai.ledger.queries import case_heads
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.postgres.queue import request_refresh
from shinrai.quality.queries.topics import TopicCount, topic_report
from shinrai.topics.operations.codebook import (
    define_topic,
    draw_second_labels,
    end_topic,
    merge_label,
)
from shinrai.topics.queries import codebook, drawing
from shinrai.topics.rules.codebook import BadTopic, UnknownTopic


@dataclass(frozen=True)
class TopicRow:
    """The figures of one topic in one mode, with its name in the reader's language."""

    mode: str
    name: str
    topic: TopicCount

    @property
    def came_back(self) -> float | None:
        """Return the share that came back within 14 days; None if it is not known."""
        return self.topic.came_back.get("share")


TOPICS = ListSpec[TopicRow](
    name="topics",
    columns=(
        ListColumn("mode", _("Mode"), lambda row: row.mode, is_shown=False),
        ListColumn("topic", _("Topic"), lambda row: row.name, True),
        ListColumn("key", _("Key"), lambda row: row.topic.topic, is_shown=False),
        ListColumn(
            "customers", _("Customers"), lambda row: row.topic.customers, True, is_number=True
        ),
        ListColumn(
            "inquiries", _("Inquiries"), lambda row: row.topic.inquiries, True, is_number=True
        ),
        ListColumn("open", _("Open"), lambda row: row.topic.open, True, is_number=True),
        ListColumn("came_back", _("Came back within 14 days"), lambda row: row.came_back, True),
    ),
    row="desk/_topic.html",
    classes="cards",
)


@require_safe
@members_only
def topics(request: MemberRequest) -> HttpResponseBase:
    """Rank topics by number of customers, and show how far labellers agree on each."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    if dates.span is None:
        return render(request, "desk/topics.html", {"dates": dates}, status=422)
    found = topic_report(
        workspace=request.workspace,
        since=dates.span.since,
        until=dates.span.until,
    )
    book = codebook(workspace_id=request.workspace.id)
    rows = {
        mode.mode: [
            TopicRow(mode.mode, reader_text(book.name(one.topic)), one) for one in mode.topics
        ]
        for mode in found.modes
    }
    every = [row for some in rows.values() for row in some]
    whole = replace(TOPICS, a_page=max(len(every), 1))
    listing = list_page(request, whole, memory_source(every, TOPICS))
    if not isinstance(listing, ListPage):
        return listing
    leads = request.member is not None and may(request.member, Permission.AUDIT)
    names = (
        {member.key: member.display_name for member in members(workspace_id=request.workspace.id)}
        if leads
        else {}
    )
    context = {
        "found": found,
        "list": listing,
        "sections": [
            (mode, shown_page(request, TOPICS, memory_source(rows[mode.mode], TOPICS)))
            for mode in found.modes
            if mode.topics
        ],
        "book": book,
        "names": names,
        "leads": leads,
        "dates": dates,
        "days": dates.span.days_up_to(
            request.at.astimezone(zone_named(request.workspace.zone)).date()
        ),
        "may_sort": may(request.member, Permission.SORT),
        "drawing": drawing(workspace_id=request.workspace.id),
        "query": urlencode(dates.span.dates),
    }
    return render(request, "desk/topics.html", context)


@require_POST
@writers_only(Permission.SORT)
def definitions(request: MemberRequest) -> HttpResponse:
    """Add a topic to the codebook, or change the definition of one."""
    given = {
        name: request.POST.get(name, "").strip()
        for name in ("key", "name_en", "name_ja", "definition", "parent", "gate")
    }
    return _changed(
        request,
        lambda: define_topic(
            workspace_id=request.workspace.id, at=request.at, by=author_of(request), **given
        ),
    )


@require_POST
@writers_only(Permission.SORT)
def merges(request: MemberRequest) -> HttpResponse:
    """Make a label count as another topic from now on."""
    label, into = (request.POST.get(name, "").strip() for name in ("label", "into"))
    return _changed(
        request,
        lambda: merge_label(
            workspace_id=request.workspace.id,
            label=label,
            into=into,
            at=request.at,
            by=author_of(request),
        ),
    )


@require_POST
@writers_only(Permission.SORT)
def endings(request: MemberRequest) -> HttpResponse:
    """End a topic: it can no longer be used as a label."""
    key = request.POST.get("key", "").strip()
    return _changed(
        request,
        lambda: end_topic(
            workspace_id=request.workspace.id, key=key, at=request.at, by=author_of(request)
        ),
    )


@require_POST
@writers_only(Permission.SORT)
def drawings(request: MemberRequest) -> HttpResponse:
    """Set how many of 1,000 labelled inquiries are labelled a second time."""
    asked = request.POST.get("per_mille", "").strip()
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else -1

    def drawn() -> None:
        draw_second_labels(
            workspace_id=request.workspace.id,
            per_mille=number,
            at=request.at,
            by=author_of(request),
        )

    return _changed(request, drawn)


def _changed(request: MemberRequest, change: Callable[[], int | None]) -> HttpResponse:
    try:
        version = change()
    except (BadTopic, UnknownTopic) as error:
        messages.error(request, reader_text(error.text))
    else:
        request_refresh()
        said = gettext("The codebook is now version %(n)s.") % {"n": version}
        messages.success(request, said if version else gettext("Saved."))
    return redirect("topics", request.workspace.slug)


@require_POST
@writers_only(Permission.LABEL)
def labels(request: MemberRequest, case_id: int) -> HttpResponse:
    """Append a person's topic label to an inquiry, and redirect to the previous page."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    is_blind = request.POST.get("blind") == "1"
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/w/{request.workspace.slug}/"
    topic = request.POST.get("topic", "")
    try:
        label_inquiry(
            case_id=case_id,
            topic=topic,
            at=request.at,
            by=author_of(request),
            role=role_of(request),
            is_blind=is_blind,
        )
    except (UnknownTopic, NotToBeLabelled, StepRefused) as error:
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, gettext("Labelled."))
    return redirect(back)


@require_safe
@writers_only(Permission.LABEL)
def second_labels(request: MemberRequest) -> HttpResponse:
    """Show one randomly chosen inquiry, without its labels, to be labelled a second time."""
    found = waiting_for_second_label(
        workspace_id=request.workspace.id, member=author_of(request), at=request.at
    )
    if found.said:
        record_view(
            workspace_id=request.workspace.id,
            what="words for a second label",
            subject=f"inquiry:{found.case_id}",
            at=request.at,
            by=author_of(request),
        )
    context = {"found": found, "book": codebook(workspace_id=request.workspace.id)}
    return render(request, "desk/second_labels.html", context)


def role_of(request: MemberRequest) -> str:
    """Return the role that a member's steps are recorded with: "agent" or "engineer"."""
    roles = request.member.roles if request.member else frozenset()
    return "agent" if Role.CS_AGENT in roles else "engineer"
