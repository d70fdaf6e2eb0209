"""Pages that search articles, list searches that found nothing, and show who answers alone."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.knowledge.operations.articles import note_empty_search
from shinrai.knowledge.queries.searches import SearchedInVain, searches_in_vain
from shinrai.knowledge.queries.solitary import SolitaryRow, solitary_rows
from shinrai.knowledge.queries.suggestions import search_articles
from shinrai.privacy.operations import masker
from shinrai.topics.queries import codebook

LONGEST = 200
IN_VAIN = ListSpec[SearchedInVain](
    name="empty_searches",
    columns=(
        ListColumn("searched", _("Searched for"), lambda row: row.searched, True),
        ListColumn("times", _("How often"), lambda row: row.times, True, is_number=True),
        ListColumn("last", _("Last"), lambda row: row.last_at, True),
    ),
    row="knowledge/_searched.html",
    usual="-times",
    a_page=25,
)
ALONE = ListSpec[SolitaryRow](
    name="solitary",
    columns=(
        ListColumn("topic", _("Topic"), lambda row: reader_text(row.name), True),
        ListColumn("person", _("Person"), lambda row: row.person, True),
        ListColumn("answered", _("Answered"), lambda row: row.share.count, True, is_number=True),
        ListColumn("of", _("Of all"), lambda row: row.share.of, True, is_number=True),
        ListColumn("written", _("Written down"), lambda row: row.article_title),
    ),
    row="knowledge/_solitary.html",
    usual="-of",
    a_page=25,
    classes="cards pairs board",
)


@require_safe
@members_only
def search(request: MemberRequest) -> HttpResponse:
    """Search articles by words; what finds nothing is noted, masked, for those who write."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    on = _today(request)
    found = search_articles(workspace_id=request.workspace.id, text=asked, on=on) if asked else ()
    # A member's search is noted; that of a visitor who tries the sample company is not.
    if asked and not found and request.member is not None:
        masked = masker(workspace_id=request.workspace.id)(asked)
        note_empty_search(workspace_id=request.workspace.id, searched=masked, at=request.at)
    context = {
        "asked": asked,
        "found": found,
        "may_write": may(request.member, Permission.ANSWER_INQUIRY),
        "book": codebook(workspace_id=request.workspace.id),
    }
    return render(request, "knowledge/search.html", context)


@require_safe
@members_only
def empty_searches(request: MemberRequest) -> HttpResponseBase:
    """List what was searched for in vain, for those who write."""
    rows = searches_in_vain(workspace_id=request.workspace.id)
    listing = recorded_list(request, IN_VAIN, memory_source(rows, IN_VAIN))
    if not isinstance(listing, ListPage):
        return listing
    return render(request, "knowledge/empty_searches.html", {"list": listing})


@require_safe
@writers_only(Permission.AUDIT)
def solitary(request: MemberRequest) -> HttpResponseBase:
    """Show the topics that one person alone answers, and the draft that would end it."""
    names = {one.key: one.display_name for one in members(workspace_id=request.workspace.id)}
    rows = solitary_rows(workspace_id=request.workspace.id, names=names)
    record_view(
        workspace_id=request.workspace.id,
        what="who answers alone",
        subject=f"workspace:{request.workspace.id}",
        at=request.at,
        by=author_of(request),
    )
    listing = recorded_list(request, ALONE, memory_source(rows, ALONE))
    if not isinstance(listing, ListPage):
        return listing
    return render(request, "knowledge/solitary.html", {"list": listing, "count": len(rows)})


def _today(request: MemberRequest) -> date:
    return request.at.astimezone(ZoneInfo(request.workspace.zone)).date()
