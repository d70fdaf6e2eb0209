"""The page of satisfaction: each survey's score, who answered, its change, and all waves."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language
from shinrai.satisfaction.measures import MEASURES
from shinrai.satisfaction.operations.first_view import (
    WaveRow,
    prepared_satisfaction,
    view_parts,
)
from shinrai.warehouse.store import Warehouse

WAVES = ListSpec[WaveRow](
    name="satisfaction",
    columns=(
        ListColumn("wave", _("Wave"), lambda row: row.wave, True),
        ListColumn("survey", _("Survey"), lambda row: row.survey, is_shown=False),
        ListColumn("version", _("Wording version"), lambda row: row.version, is_shown=False),
        ListColumn("on", _("From"), lambda row: row.on, True),
        ListColumn("kind", _("Kind"), lambda row: row.kind, True),
        ListColumn("value", _("Score"), lambda row: row.value, True, is_number=True),
        ListColumn("low", _("at least"), lambda row: row.low, is_shown=False),
        ListColumn("high", _("at most"), lambda row: row.high, is_shown=False),
        ListColumn("n", _("Answers with a score"), lambda row: row.n, True, is_number=True),
        ListColumn("asked", _("Asked"), lambda row: row.asked, True, is_number=True),
        ListColumn("answered", _("answered"), lambda row: row.answered, is_shown=False),
        ListColumn("eligible", _("Eligible"), lambda row: row.eligible, is_shown=False),
        ListColumn("commented", _("With a comment"), lambda row: row.with_comment, is_shown=False),
        ListColumn("plain", _("Without"), lambda row: row.without_comment, is_shown=False),
    ),
    row="satisfaction/_wave.html",
    usual="-on",
    a_page=12,
    anchor="waves",
)


@require_safe
@members_only
def satisfaction(request: MemberRequest) -> HttpResponseBase:
    """Show what each survey says; prepared by the worker, or computed where it is not yet."""
    there, at = request.workspace, request.at
    parts: dict[str, Any] = prepared_satisfaction(workspace=there, at=at) or view_parts(
        there, at=at, warehouse=Warehouse(settings.SHINRAI_WAREHOUSE)
    )
    rows = [WaveRow(**row) for row in parts["rows"]]
    listing = recorded_list(request, WAVES, memory_source(rows, WAVES))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "rows": rows,
        "counted_at": parts.get("counted_at", at),
        "series": parts[reader_language()],
        "measures": MEASURES,
        "may_import": may(request.member, Permission.IMPORT),
    }
    return render(request, "satisfaction/satisfaction.html", context)
