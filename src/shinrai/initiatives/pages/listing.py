"""The list of initiatives: what runs, what is judged by it, and when something is to be done."""

from collections import Counter

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.initiatives.pages.asker import asker_of
from shinrai.initiatives.queries.records import initiatives
from shinrai.initiatives.queries.results import kpi_name
from shinrai.initiatives.rules.progress import STATES, InitiativeRecord, grade_of


def _kpi(row: InitiativeRecord) -> str:
    return reader_text(kpi_name(row))


LIST = ListSpec[InitiativeRecord](
    name="initiatives",
    columns=(
        ListColumn("name", _("Initiative"), lambda row: row.name, True),
        ListColumn("key", _("Key"), lambda row: row.key, is_shown=False),
        ListColumn("state", _("State"), lambda row: reader_text(STATES[row.state]), True),
        ListColumn("kpi", _("KPI"), _kpi, True),
        ListColumn("grade", _("Grade"), lambda row: reader_text(grade_of(row).words), True),
        ListColumn("owner", _("Owner"), lambda row: row.owner, True),
        ListColumn("next", _("Next date"), lambda row: row.next_on, True),
        ListColumn("digest", _("Hash"), lambda row: row.digest, is_shown=False),
    ),
    row="initiatives/_initiative.html",
)


@require_safe
@members_only
def initiative_list(request: MemberRequest) -> HttpResponseBase:
    """List the initiatives of a workspace, by state where one is asked for."""
    asker = asker_of(request)
    every = initiatives(asker.workspace, today=asker.today)
    state = request.GET.get("state", "")
    rows = [one for one in every if one.state == state] if state in STATES else list(every)
    filters = (
        ListFilter("state", _("State"), [(key, reader_text(one)) for key, one in STATES.items()]),
    )
    listing = recorded_list(request, LIST, memory_source(rows, LIST), filters)
    if not isinstance(listing, ListPage):
        return listing
    counts = Counter(one.state for one in every)
    context = {
        "list": listing,
        "count": len(every),
        "running": counts["running"],
        "declared": counts["declared"],
        "over": counts["over"],
        "may_declare": may(request.member, Permission.PROMISE),
    }
    return render(request, "initiatives/initiatives.html", context)
