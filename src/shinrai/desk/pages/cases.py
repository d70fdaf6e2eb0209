"""Pages of cases: workspaces, the overview, the queue, the board, and a single case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, open_to_all
from shinrai.accounts.queries import has_workspaces, may, opening_workspace
from shinrai.accounts.rules.permission import Permission
from shinrai.console.addresses import query_with
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, list_page
from shinrai.console.reader import reader_text
from shinrai.desk.queries.board import board_of
from shinrai.desk.queries.case import NotThereYet, case_view
from shinrai.desk.queries.defects import defects_of
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.desk.queries.overview import overview_of
from shinrai.desk.queries.queue import Queue, queue_of
from shinrai.desk.queries.rows import BoardRow, OpenCases, in_order, titled
from shinrai.desk.queries.workspaces import workspace_summaries
from shinrai.desk.templatetags.names import PRIORITY_WORDS
from shinrai.inquiries.queries import UnknownInquiry
from shinrai.investigations.queries import UnknownInvestigation
from shinrai.objectives.pages import NUL, AsOf, as_of, the_warehouse
from shinrai.objectives.queries.going import GROUPS
from shinrai.privacy.rules.masking import folded
from shinrai.topics.queries import codebook
from shinrai.workload.queries.presence import is_measured, measured_s

RECORDS = ("inquiry", "investigation")
OPEN_CASES = ListSpec[BoardRow](
    name="queue",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.case_key, is_sortable=True),
        ListColumn("kind", _("Kind"), lambda row: row.record, is_shown=False),
        ListColumn("title", _("What it is about"), lambda row: row.title, is_shown=False),
        ListColumn("objective", _("Objective"), lambda row: row.objective, is_shown=False),
        ListColumn("left_s", _("Left (business time)"), lambda row: row.business_time),
        ListColumn("person", _("Person"), lambda row: row.person_name, is_sortable=True),
        ListColumn("held_by", _("Held by"), lambda row: row.holder, is_shown=False),
        ListColumn("due", _("Due"), lambda row: row.due_at, is_sortable=True),
        ListColumn("began", _("Began"), lambda row: row.started_at, is_shown=False),
        ListColumn("age", _("Age"), is_sortable=True),
        ListColumn("priority", _("Priority"), lambda row: row.about.priority, is_sortable=True),
        ListColumn("service", _("Service"), lambda row: row.about.service, is_sortable=True),
        ListColumn(
            "topic", _("Topic"), lambda row: row.topic_name and reader_text(row.topic_name), True
        ),
        ListColumn("state", _("State"), lambda row: row.group),
        ListColumn("waiting_for", _("Waiting for"), lambda row: row.paused_for, is_shown=False),
    ),
    row="desk/_queue_row.html",
    usual="due",
    classes="cards pairs board",
)
FILTERS = {
    "person": _("Person"),
    "priority": _("Priority"),
    "service": _("Service"),
    "topic": _("Topic"),
}


@require_safe
@open_to_all
def workspaces(request: Any) -> HttpResponse:
    """List the workspaces this visitor may read; if there is only one, redirect to it."""
    found = workspace_summaries(user_id=request.user.pk, at=request.at)
    if len(found) == 1 and "all" not in request.GET:
        return redirect("overview", found[0].workspace.slug)
    beside = opening_workspace(user_id=request.user.pk)
    context = {"places": found, "beside": beside, "is_started": bool(found) or has_workspaces()}
    return render(request, "desk/workspaces.html", context)


@require_safe
@members_only
def overview(request: MemberRequest) -> HttpResponse:
    """Show what is late and due next, what is left of every budget, and past weeks."""
    found = overview_of(workspace=request.workspace, at=request.at, warehouse=the_warehouse())
    _audit_view(request, "titles on the overview", f"workspace:{request.workspace.id}")
    return render(request, "desk/overview.html", {"found": found})


@require_safe
@members_only
def queue(request: MemberRequest) -> HttpResponseBase:
    """List open cases by due moment, page by page: all, of one kind, or of one group."""
    asked = {name: request.GET.get(name, "") for name in ("record", "state")}
    record = asked["record"] if asked["record"] in RECORDS else None
    group = next((name for name in GROUPS if name == asked["state"]), None)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    queues: list[Queue] = []

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[BoardRow], int]:
        found = queue_of(
            workspace_id=request.workspace.id,
            at=request.at,
            record=record,
            group=group,
            asked=chosen,
            has_names=request.member is not None,
            search=search,
            sort=sort,
            skip=skip,
            most=most,
        )
        queues.append(found)
        return found.rows, found.going.listed

    _audit_view(request, "titles in the queue", f"workspace:{request.workspace.id}")
    page = list_page(request, OPEN_CASES, source)
    if not isinstance(page, ListPage):
        return page
    found = queues[-1]
    page = _narrowed(page, found.known)
    if page.search and not (page.count or page.narrowed):  # it may no longer be in hand
        address = reverse("search", args=[request.workspace.slug])
        return redirect(address + query_with({}, q=page.search))
    context = {"found": found, "list": page, "usual": found.usual, "closes_at": found.closes_at}
    context |= {"record": record or "", "group": group or ""}
    return render(request, "desk/queue.html", context)


def _narrowed(page: ListPage[BoardRow], known: OpenCases | None) -> ListPage[BoardRow]:
    """Add the filters of a page of open cases; attributes that none has are not shown."""
    told = {name: known.choices(name) if known else [] for name in FILTERS}
    names = {"priority": PRIORITY_WORDS, **({"person": known.names} if known else {})}
    if known is not None:
        names["topic"] = {key: reader_text(name) for key, name in known.topics.items()}
    columns = tuple(
        one if told.get(one.key, True) or one.key == "person" else replace(one, is_shown=False)
        for one in page.spec.columns
    )
    if not told["person"]:  # the line that holds a case is told to all, its person to members
        columns = tuple(replace(c, title=_("Held by")) if c.key == "person" else c for c in columns)
    filters = [
        ListFilter(
            name, title, [(one, str(names.get(name, {}).get(one, one))) for one in told[name]]
        )
        for name, title in FILTERS.items()
        if told[name]
    ]
    return replace(page, spec=replace(page.spec, columns=columns), filters=filters)


@require_safe
@members_only
def inquiry(request: MemberRequest, key: str) -> HttpResponse:
    """Show one inquiry: its clocks, its ribbon, its steps, and the facts that figures use."""
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = inquiry_view(workspace=request.workspace, source_key=key, at=at.moment)
    except UnknownInquiry as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    if found.case.has_words:
        _audit_view(request, "words of a case", f"inquiry:{found.case.id}")
    context = {"found": found, "case": found.case, "as_of": at}
    context["measured"] = _measured(request, found.case.id)
    book = codebook(workspace_id=request.workspace.id)
    said = found.facts.topic
    context |= {"book": book, "said_topic": said, "topic": book.counts_as(said) if said else None}
    context["may_label"] = may(request.member, Permission.LABEL)
    context["may_erase"] = may(request.member, Permission.ERASE)
    context["defects"] = defects_of(case_id=found.case.id)
    context["may_correct"] = at.is_now and may(request.member, Permission.ANSWER_INQUIRY)
    return render(request, "desk/inquiry.html", context)


@require_safe
@members_only
def board(request: MemberRequest) -> HttpResponseBase:
    """Show what is late, due next, running and paused, and what is left of every budget."""
    at = as_of(request)
    found = board_of(
        workspace_id=request.workspace.id,
        at=at.moment,
        is_now=at.is_now,
        warehouse=the_warehouse(),
        has_names=request.member is not None,
    )
    _audit_view(request, "titles on the board", f"workspace:{request.workspace.id}")
    group = request.GET.get("state", "")
    chosen = found.known.chosen({name: request.GET.get(name, "") for name in FILTERS})

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[BoardRow], int]:
        rows: Sequence[BoardRow] = [
            row
            for row in found.rows
            if (not group or row.group == group) and (chosen is None or row.case_id in chosen)
        ]
        if search:
            said = found.known.found(search)
            word = folded(search)
            rows = [r for r in rows if r.case_id in said or word in folded(r.case_key)]
        rows = in_order(rows, found.known, sort)
        return titled(rows[skip : skip + most], workspace_id=request.workspace.id), len(rows)

    page = list_page(request, replace(OPEN_CASES, name="board", usual=""), source)
    if not isinstance(page, ListPage):
        return page
    context = {"board": found, "as_of": at, "list": _narrowed(page, found.known)}
    return render(request, "desk/board.html", context | {"group": group, "usual": found.usual})


@require_safe
@members_only
def investigation(request: MemberRequest, key: str) -> HttpResponse:
    """Show one investigation: when it is due and why, its ribbon, and its steps."""
    at = as_of(request)
    if NUL in key:
        raise Http404  # no key holds a NUL, and PostgreSQL knows no such text
    try:
        found = case_view(workspace_id=request.workspace.id, source_key=key, at=at.moment)
    except UnknownInvestigation as error:
        raise Http404 from error
    except NotThereYet as error:
        return _not_there_yet(request, at, error)
    if found.has_words:
        _audit_view(request, "words of a case", f"investigation:{found.id}")
    context = {"case": found, "as_of": at, "measured": _measured(request, found.id)}
    context["defects"] = defects_of(case_id=found.id)
    context["may_erase"] = may(request.member, Permission.ERASE)
    context["book"] = codebook(workspace_id=request.workspace.id)
    return render(request, "desk/investigation.html", context)


def _not_there_yet(request: MemberRequest, at: AsOf, error: NotThereYet) -> HttpResponse:
    context = {"as_of": at, "said": reader_text(error.text)}
    return render(request, "desk/not_there_yet.html", context, status=404)


def _measured(request: MemberRequest, case_id: int) -> int | None:
    """Return for how many seconds this member used the case's page; None if not measured."""
    if request.member is None or not is_measured(workspace_id=request.workspace.id):
        return None
    return measured_s(case_id=case_id, member=author_of(request))


def _audit_view(request: MemberRequest, what: str, subject: str) -> None:
    """Record in the audit that a member saw words; visitors see only invented words."""
    if request.member is not None:
        record_view(
            workspace_id=request.workspace.id,
            what=what,
            subject=subject,
            at=request.at,
            by=author_of(request),
        )
