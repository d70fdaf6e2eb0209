"""Pages that list open cases: the queue of a workspace, of all, the board, and the hand-over."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only, open_to_all
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.accounts.queries import may, member_of, workspaces_of
from shinrai.accounts.rules.permission import Permission
from shinrai.console.addresses import query_with
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec
from shinrai.console.reader import reader_text
from shinrai.desk.operations.bulk import assignable
from shinrai.desk.operations.saved_filters import KEPT, saved_filters
from shinrai.desk.queries.board import board_of, investigation_reports
from shinrai.desk.queries.notices import on_duty_names
from shinrai.desk.queries.places import QueuePlace, queue_place
from shinrai.desk.queries.queue import RECORDS, Queue, QueueRequest, queue_of
from shinrai.desk.queries.rows import ROW_GROUPS, BoardRow
from shinrai.desk.templatetags.desk import next_words
from shinrai.desk.templatetags.names import GROUP_WORDS, PRIORITY_WORDS, VIEW_WORDS, kind_words
from shinrai.ledger.queries import has_cases
from shinrai.objectives.pages import AsOf, as_of, the_warehouse

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
EVERYWHERE = replace(
    OPEN_CASES,
    columns=(
        OPEN_CASES.columns[0],
        ListColumn("workspace", _("Workspace"), lambda row: _where(row).workspace.name),
        *OPEN_CASES.columns[1:],
    ),
    row="desk/_queue_row_there.html",
)
HANDOVER = ListSpec[BoardRow](
    name="handover",
    columns=(
        *OPEN_CASES.columns[:3],
        ListColumn("person", _("Person"), lambda row: row.person_name, is_sortable=True),
        ListColumn("held_by", _("Held by"), lambda row: row.holder, is_shown=False),
        ListColumn("next", _("Next step"), next_words),
        ListColumn("due", _("Due"), lambda row: row.due_at, is_sortable=True),
        ListColumn("since", _("Since"), lambda row: row.stands.held_since),
        ListColumn("last", _("Last step"), lambda row: kind_words(row.stands.last_kind)),
        ListColumn("last_at", _("When"), lambda row: row.stands.changed_at, is_shown=False),
    ),
    row="desk/_handover_row.html",
    usual="due",
    a_page=200,
    classes="cards handover",
)
FILTERS = {
    "person": _("Person"),
    "priority": _("Priority"),
    "service": _("Service"),
    "topic": _("Topic"),
}


@require_safe
@members_only
def queue(request: MemberRequest) -> HttpResponseBase:
    """List the open cases of a workspace by due moment, page by page."""
    place = queue_place(request.workspace, request.member, at=request.at)
    listed = _listed(request, [place], OPEN_CASES)
    if isinstance(listed, HttpResponseBase):
        return listed
    found, page = listed
    if page.search and not (page.count or page.narrowed):  # it may no longer be in hand
        address = reverse("search", args=[request.workspace.slug])
        return redirect(address + query_with({}, q=page.search))
    member = request.member
    context = _context(request, found, page)
    saved = saved_filters(member_id=member.id) if member else ()
    context |= {
        "saved": saved,
        "kept_filter": next((one for one in saved if one.query == context["kept"]), None),
        "usual": place.usual_titles(),
        "closes_at": place.closes_at,
        "may_work": may(member, Permission.LABEL),
        "staff": assignable(workspace_id=request.workspace.id) if member else {},
        "topics": [(one.key, reader_text(one.name)) for one in place.names.book.in_use],
    }
    return render(request, "desk/queue.html", context)


@require_safe
@open_to_all
def queues(request: Any) -> HttpResponseBase:
    """List the open cases of all workspaces one is a member of; of invented ones for visitors."""
    user_id = request.user.pk
    readable = [
        (one, member_of(workspace_id=one.id, user_id=user_id) if user_id else None)
        for one in workspaces_of(user_id=user_id)
    ]
    mine = [pair for pair in readable if pair[1] is not None] or readable
    if not mine:
        return redirect("workspaces")
    listed = _listed(request, [queue_place(*pair, at=request.at) for pair in mine], EVERYWHERE)
    if isinstance(listed, HttpResponseBase):
        return listed
    return render(request, "desk/queues.html", _context(request, *listed))


@require_safe
@members_only
def board(request: MemberRequest) -> HttpResponseBase:
    """Show what is late, due next, running and paused, and what is left of every budget."""
    at = as_of(request)
    place = queue_place(request.workspace, request.member, at=at.moment, record="investigation")
    listed = _listed(request, [place], replace(OPEN_CASES, name="board"), at)
    if isinstance(listed, HttpResponseBase):
        return listed
    found, page = listed
    context = _context(request, found, page) | {"as_of": at, "usual": place.usual_titles()}
    context["closes_at"] = place.closes_at
    context["reports"] = investigation_reports(
        workspace_id=request.workspace.id, at=at.moment, warehouse=the_warehouse()
    )
    context["has_cases"] = has_cases(workspace_id=request.workspace.id, record="investigation")
    return render(request, "desk/board.html", context)


@require_safe
@members_only
def handover(request: MemberRequest) -> HttpResponseBase:
    """List every open case with who has it since when, and its next step, to be handed over."""
    place = queue_place(request.workspace, request.member, at=request.at)
    listed = _listed(request, [place], HANDOVER)
    if isinstance(listed, HttpResponseBase):
        return listed
    context = _context(request, *listed)
    if request.member is not None:
        context["on_duty"] = on_duty_names(workspace_id=request.workspace.id, at=request.at)
    return render(request, "desk/handover.html", context)


def _listed(
    request: Any, places: Sequence[QueuePlace], spec: ListSpec[BoardRow], at: AsOf | None = None
) -> tuple[Queue, ListPage[BoardRow]] | HttpResponseBase:
    """Return the open cases that an address asks for and their list, or its download."""
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in KEPT if name != "sort"}
    queues: list[Queue] = []

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[BoardRow], int]:
        moment = at.moment if at else request.at
        wanted = QueueRequest(places, moment, asked, search, sort, skip, most)
        queues.append(board_of(wanted, is_now=at.is_now) if at else queue_of(wanted))
        return queues[-1].rows, queues[-1].listed

    seen = ShownCases[BoardRow](
        what="titles on the board" if spec.name == "board" else "titles in the queue",
        case_id=lambda row: row.case_id,
        member=lambda row: _where(row).member,
    )
    page = recorded_list(request, spec, source, cases=seen)
    if not isinstance(page, ListPage):
        return page
    return queues[-1], _narrowed(page, queues[-1])


def _narrowed(page: ListPage[BoardRow], found: Queue) -> ListPage[BoardRow]:
    """Add the filters of a page of open cases; attributes that none has are not shown."""
    told, names = found.choices.values, {"priority": PRIORITY_WORDS, **found.choices.names}
    columns = tuple(
        one if told.get(one.key, True) or one.key == "person" else replace(one, is_shown=False)
        for one in page.spec.columns
    )
    if not told["person"]:  # the line that holds a case is told to all, its person to members
        columns = tuple(replace(c, title=_("Held by")) if c.key == "person" else c for c in columns)
    kinds = [("inquiry", gettext("Inquiries")), ("investigation", gettext("Investigations"))]
    filters = [
        *([ListFilter("record", _("Kind"), kinds)] if all(map(found.records.get, RECORDS)) else []),
        ListFilter("state", _("State"), [(one, str(GROUP_WORDS[one])) for one in ROW_GROUPS]),
        *(
            ListFilter(
                name,
                title,
                [(one, reader_text(names.get(name, {}).get(one, one))) for one in told[name]],
            )
            for name, title in FILTERS.items()
            if told[name]
        ),
    ]
    return replace(page, spec=replace(page.spec, columns=columns), filters=filters)


def _context(request: Any, found: Queue, page: ListPage[BoardRow]) -> dict[str, Any]:
    """Return what the templates of such lists share: the tabs, and what counts down."""
    view = request.GET.get("view", "")
    tabs = [("", gettext("All"), found.in_hand, not view)]
    tabs += [(name, str(VIEW_WORDS[name]), n, name == view) for name, n in found.views.items()]
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return {
        "found": found,
        "list": page,
        "tabs": [(f"?{urlencode({'view': name})}" if name else "?", *rest) for name, *rest in tabs],
        "kept": urlencode(kept),
        "countdown": {
            "at": int(request.at.timestamp()),
            "hours": {k: v for place in found.places for k, v in place.hours(request.at).items()},
            "words": {
                "h": gettext("{hours:,} h"),
                "m": gettext("{minutes} m"),
                "s": gettext("{seconds} s"),
                "both": gettext("{whole} {part}"),
                "late": gettext("{length} of business time past due"),
                "closed": gettext("past due since the close"),
            },
        },
    }


def _where(row: BoardRow) -> QueuePlace:
    assert row.place is not None, "rows of lists know their workspace"
    return row.place
