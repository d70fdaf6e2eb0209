"""Pages of topics: inquiries per topic over time, agreement, the codebook, and labelling."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isinf
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
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import page_dates
from shinrai.console.lists import (
    ListColumn,
    ListPage,
    ListSpec,
    memory_source,
    shown_page,
)
from shinrai.console.reader import reader_text
from shinrai.console.rules.changes import CountChange, count_change
from shinrai.desk.operations.labels import NotToBeLabelled, label_inquiry
from shinrai.desk.queries.second_labels import waiting_for_second_label
from shinrai.desk.rules.actions import step_role
from shinrai.ledger.queries import case_heads
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.postgres.queue import request_refresh
from shinrai.quality.queries.topics import (
    SUNDAY,
    TopicCount,
    topic_report,
    topics_over_time,
)
from shinrai.topics.operations.codebook import (
    define_topic,
    draw_second_labels,
    end_topic,
    merge_label,
)
from shinrai.topics.queries import codebook, drawing
from shinrai.topics.rules.codebook import BadTopic, UnknownTopic

WEEKS = 12  # of a topic's line, and the running one


@dataclass(frozen=True)
class TopicRow:
    """The figures of one topic in one mode, with its name in the reader's language."""

    mode: str
    name: str
    topic: TopicCount
    change: CountChange | None

    @property
    def came_back(self) -> float | None:
        """Return the share that came back within 14 days; None if it is not known."""
        return self.topic.came_back.get("share")

    @property
    def change_at_least(self) -> float | None:
        """Return by how much it changed for certain: 0 where no change can be told."""
        return None if self.change is None else self.change.at_least

    def ratio(self, end: str) -> float | None:
        """Return an end ("low" or "high") of the interval of the change, as a ratio."""
        ratio = None if self.change is None else self.change.ratio
        found = getattr(ratio, end, None)
        return None if found is None or isinf(found) else float(found)


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
        ListColumn("line", _("12 weeks")),
        ListColumn("before", _("Before"), lambda row: row.topic.before, is_shown=False),
        ListColumn("change", _("Against the span before"), lambda row: row.change_at_least, True),
        ListColumn("ratio_low", _("Ratio, low"), lambda row: row.ratio("low"), is_shown=False),
        ListColumn("ratio_high", _("Ratio, high"), lambda row: row.ratio("high"), is_shown=False),
        ListColumn("open", _("Open"), lambda row: row.topic.open, True, is_number=True),
        ListColumn("came_back", _("Came back within 14 days"), lambda row: row.came_back, True),
    ),
    row="desk/_topic.html",
    classes="cards topics",
)


@require_safe
@members_only
def topics(request: MemberRequest) -> HttpResponseBase:
    """Rank topics by number of customers, each over 12 weeks and against the span before."""
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    span = dates.span
    if span is None:
        return render(request, "desk/topics.html", {"dates": dates}, status=422)
    before, weeks = dates.before, _weeks_up_to(min(span.until or today, today), today)
    found = topics_over_time(
        workspace=request.workspace,
        since=span.since,
        until=span.until,
        before=(before.since, before.until) if before and before.since and before.until else None,
        weeks=[monday for monday, _is_over in weeks],
    )
    book = codebook(workspace_id=request.workspace.id)

    def row(mode: str, topic: TopicCount) -> TopicRow:
        change = (
            count_change(topic.inquiries, topic.before, days=span.length, days_before=before.length)
            if before and topic.before is not None
            else None
        )
        return TopicRow(mode, reader_text(book.name(topic.topic)), topic, change)

    rows = {mode.mode: [row(mode.mode, topic) for topic in mode.topics] for mode in found.modes}
    every = [row for some in rows.values() for row in some]
    whole = replace(TOPICS, a_page=max(len(every), 1))
    listing = recorded_list(request, whole, memory_source(every, TOPICS))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "found": found,
        "list": listing,
        "sections": [
            (mode, shown_page(request, TOPICS, memory_source(rows[mode.mode], TOPICS)))
            for mode in found.modes
            if mode.topics
        ],
        "risen": max(every, key=lambda row: row.change_at_least or 0, default=None),
        "weeks": weeks,
        "book": book,
        "dates": dates,
        "days": span.days_up_to(today),
        "query": urlencode(span.dates),
    }
    return render(request, "desk/topics.html", context)


def _weeks_up_to(last: date, today: date) -> list[tuple[date, bool]]:
    """Return the Mondays of 12 whole weeks and of a running one, and whether each is over."""
    monday = last - timedelta(days=last.weekday())
    is_over = monday + SUNDAY <= last and monday + SUNDAY < today
    first = monday - timedelta(weeks=WEEKS - 1 if is_over else WEEKS)
    starts = [first + timedelta(weeks=n) for n in range((monday - first).days // 7 + 1)]
    return [(start, start != monday or is_over) for start in starts]


@require_safe
@members_only
def agreement(request: MemberRequest) -> HttpResponse:
    """Show how far labellers agree, in all and by topic."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    if dates.span is None:
        return render(request, "desk/agreement.html", {"dates": dates}, status=422)
    span, there = dates.span, request.workspace
    context = {
        "found": topic_report(workspace=there, since=span.since, until=span.until),
        "book": codebook(workspace_id=there.id),
        "dates": dates,
        "may_sort": may(request.member, Permission.SORT),
        "drawing": drawing(workspace_id=there.id),
    }
    return render(request, "desk/agreement.html", context)


@require_safe
@members_only
def codebook_page(request: MemberRequest) -> HttpResponse:
    """Show the codebook, with forms to change it."""
    context = {
        "found": topic_report(workspace=request.workspace, agreement=False),
        "book": codebook(workspace_id=request.workspace.id),
        "may_sort": may(request.member, Permission.SORT),
    }
    return render(request, "desk/codebook.html", context)


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

    return _changed(request, drawn, back="topic_agreement")


def _changed(
    request: MemberRequest, change: Callable[[], int | None], *, back: str = "codebook"
) -> HttpResponse:
    try:
        version = change()
    except (BadTopic, UnknownTopic) as error:
        messages.error(request, reader_text(error.text))
    else:
        request_refresh()
        said = gettext("The codebook is now version %(n)s.") % {"n": version}
        messages.success(request, said if version else gettext("Saved."))
    return redirect(back, request.workspace.slug)


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
    if found.said and found.case_id is not None:
        record_view(
            workspace_id=request.workspace.id,
            what="words for a second label",
            subject=f"inquiry:{found.case_id}",
            at=request.at,
            by=author_of(request),
            shown=[found.case_id],
        )
    context = {"found": found, "book": codebook(workspace_id=request.workspace.id)}
    return render(request, "desk/second_labels.html", context)


def role_of(request: MemberRequest) -> str:
    """Return the role that a member's steps are recorded with: "agent" or "engineer"."""
    return step_role(request.member.roles if request.member else ())
