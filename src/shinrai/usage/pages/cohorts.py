"""The page of cohorts: save a definition under a name, change it, archive it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.units.errors import UserError
from shinrai.usage.operations.cohorts import archive_cohort, save_cohort
from shinrai.usage.pages.question import number, on_date, the_warehouse
from shinrai.usage.queries.cohorts import CohortRecord, cohort_people, newest_versions
from shinrai.usage.queries.view import usual_question, workspace_scope
from shinrai.usage.rules.cohort import (
    LONGEST,
    MOST_DAYS,
    CohortDefinition,
    read_where,
    where_words,
)

FIELDS: Final = ("name", "number", "event", "where", "from", "to", "days", "least")


@dataclass(frozen=True)
class CohortRow:
    """A cohort with the number of people in it now, and its properties in words."""

    cohort: CohortRecord
    people: int | None
    where: str
    by: str


@require_safe
@members_only
def usage_cohorts(request: MemberRequest) -> HttpResponseBase:
    """List the saved cohorts with how many belong to each, and the form for another."""
    return _shown(request, {})


@require_POST
@writers_only(Permission.PROMISE)
def change_cohort(request: MemberRequest) -> HttpResponseBase:
    """Save a cohort, archive one, or take one back."""
    typed = {
        name: " ".join(request.POST.get(name, "").replace("\0", "").split())[: 5 * LONGEST]
        for name in FIELDS
    }
    there, by, at = request.workspace.id, author_of(request), request.at
    what = request.POST.get("what", "save")
    try:
        chosen = number(typed["number"], 0, least=0, most=10**9) or None
        if what in ("archive", "restore") and chosen:
            archive_cohort(workspace_id=there, number=chosen, at=at, by=by, back=what == "restore")
            said = gettext("Archived.") if what == "archive" else gettext("It is offered again.")
        else:
            save_cohort(
                workspace_id=there,
                name=typed["name"],
                definition=_definition(typed),
                number=chosen,
                at=at,
                by=by,
            )
            said = gettext("Saved: {name}.").format(name=typed["name"])
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    messages.success(request, said)
    return redirect("usage_cohorts", request.workspace.slug)


def _definition(typed: Mapping[str, str]) -> CohortDefinition:
    days = number(typed["days"], 0, most=MOST_DAYS)
    return CohortDefinition(
        event=typed["event"][:LONGEST] or None,
        where=read_where(typed["where"]),
        since=on_date(typed["from"]),
        until=on_date(typed["to"]),
        days=days or None,
        least_days=number(typed["least"], 1, most=MOST_DAYS),
    )


def _shown(
    request: MemberRequest, typed: Mapping[str, Any], *, wrong: str = ""
) -> HttpResponseBase:
    there = request.workspace
    names = {one.key: one.display_name for one in members(workspace_id=there.id)}
    known = newest_versions(there.id)
    scope = workspace_scope(
        there,
        at=request.at,
        warehouse=the_warehouse(),
        question=usual_question(there.zone, request.at),
    )
    rows = [
        CohortRow(
            one,
            None if one.is_archived else len(cohort_people(scope, one.definition)),
            where_words(one.definition.where),
            names.get(one.by) or one.by,
        )
        for one in known
    ]
    asked = request.GET.get("change", "")
    changed = next((row for row in rows if str(row.cohort.number) == asked), None)
    if changed and not typed:
        typed = _typed_of(changed)
    context = {
        "rows": [row for row in rows if not row.cohort.is_archived],
        "archived": [row for row in rows if row.cohort.is_archived],
        "typed": typed,
        "wrong": wrong,
        "may_save": may(request.member, Permission.PROMISE),
    }
    return render(request, "usage/cohorts.html", context, status=422 if wrong else 200)


def _typed_of(row: CohortRow) -> dict[str, str]:
    """Return a cohort as it would be typed into the form."""
    asked = row.cohort.definition
    return {
        "name": row.cohort.name,
        "number": str(row.cohort.number),
        "event": asked.event or "",
        "where": row.where,
        "from": f"{asked.since or ''}",
        "to": f"{asked.until or ''}",
        "days": f"{asked.days or ''}",
        "least": f"{asked.least_days}",
    }
