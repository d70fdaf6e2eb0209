"""Pages that search all cases by words, key or customer, and that show what is like a case."""

from datetime import date

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.console.lists import (
    LONGEST_SEARCH,
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_text
from shinrai.desk.queries.case import find_case
from shinrai.desk.queries.search import (
    MOST,
    FoundCase,
    SearchRequest,
    search_cases,
    span_of_days,
)
from shinrai.desk.queries.similar import similar_cases
from shinrai.ledger.queries import case_heads
from shinrai.topics.queries import codebook

YEARS = range(1990, 2200)
FOUND = ListSpec[FoundCase](
    name="search",
    columns=(
        ListColumn("case", _("Case"), lambda one: one.row.case_key, is_sortable=True),
        ListColumn("kind", _("Kind"), lambda one: one.row.record, is_shown=False),
        ListColumn("title", _("What it is about"), lambda one: one.row.title, is_shown=False),
        ListColumn("began", _("Began"), lambda one: one.row.started_at, is_sortable=True),
        ListColumn("person", _("Person"), lambda one: one.row.person_name, is_sortable=True),
        ListColumn("service", _("Service"), lambda one: one.row.about.service, is_sortable=True),
        ListColumn("topic", _("Topic"), lambda one: one.topic and reader_text(one.topic), True),
        ListColumn("state", _("State"), lambda one: one.phase, is_sortable=True),
        ListColumn("where", _("Found in"), lambda one: one.where, is_shown=False),
        ListColumn("excerpt", _("Excerpt"), lambda one: one.quote, is_shown=False),
    ),
    row="desk/_found.html",
    is_searched=False,
    classes="cards pairs board",
)


@require_safe
@members_only
def search(request: MemberRequest) -> HttpResponseBase:
    """List the cases that hold the words, or have the key or customer; a whole key leads there."""
    there, given = request.workspace, request.GET
    sought = " ".join(given.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    asked = {name: given.get(name, "") for name in ("kind", "open", "topic", "since", "until")}
    head = find_case(workspace_id=there.id, key=sought) if sought else None
    if head is not None and not any((*asked.values(), given.get("format"))):
        return redirect(head.record, there.slug, head.source_key)
    since, until = span_of_days(_day(asked["since"]), _day(asked["until"]), there.zone)
    found = search_cases(
        SearchRequest(
            workspace_id=there.id,
            words=sought,
            at=request.at,
            record=asked["kind"],
            state={"yes": "open", "no": "closed"}.get(asked["open"], ""),
            topic=asked["topic"],
            since=since,
            until=until,
            has_names=request.member is not None,
        )
    )
    if sought and request.member is not None:
        for number in found.customers:
            record_view(
                workspace_id=there.id,
                what="cases of a customer",
                subject=f"person:{number}",
                at=request.at,
                by=author_of(request),
            )
    topics = codebook(workspace_id=there.id).in_use
    filters = (
        ListFilter(
            *("kind", _("Kind")),
            [("inquiry", gettext("Inquiries")), ("investigation", gettext("Investigations"))],
        ),
        ListFilter("open", _("State"), [("yes", gettext("Open")), ("no", gettext("Closed"))]),
        ListFilter("topic", _("Topic"), [(one.key, reader_text(one.name)) for one in topics]),
    )
    seen_cases = ShownCases[FoundCase]("words in the search", lambda one: one.row.case_id)
    page = recorded_list(request, FOUND, memory_source(found.cases, FOUND), filters, seen_cases)
    if not isinstance(page, ListPage):
        return page
    days = {"since": given.get("since", ""), "until": given.get("until", "")}
    context = {"found": found, "list": page, "sought": sought, "most": MOST, "days": days}
    return render(request, "desk/search.html", context)


def _day(text: str) -> date | None:
    """Return a day as typed; None for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS.start <= day.year < YEARS.stop else None


@require_safe
@members_only
def similar(request: MemberRequest, case_id: int) -> HttpResponse:
    """Show the answered cases most like a case; htmx asks for the list alone."""
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != request.workspace.id:
        raise Http404
    found = similar_cases(workspace_id=head.workspace_id, case_id=case_id, at=request.at)
    if found and request.member is not None:
        record_view(
            workspace_id=head.workspace_id,
            what="titles of similar cases",
            subject=f"{head.record}:{case_id}",
            at=request.at,
            by=author_of(request),
            shown=[case_id, *(one.head.id for one in found)],
        )
    template = "desk/_similar_cases.html" if request.htmx else "desk/similar.html"
    answer = render(request, template, {"similar": found, "head": head})
    patch_vary_headers(answer, ["HX-Request"])
    return answer
