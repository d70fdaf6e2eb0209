"""The learners behind a figure of missions: masked, and each view of them in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.customers.queries import known_customers, masked_identifiers
from shinrai.missions.queries.weeks import (
    Figure,
    LearnerWeek,
    learners_behind,
    learners_with_pin,
    monday_of,
)
from shinrai.missions.rules.pins import MOST_COUNT
from shinrai.units.errors import UserError
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.pages.question import number, on_date

WORDS: Final = {
    "learners": _("learners of the week"),
    "active": _("active in the week"),
    "set": _("with a mission in the week"),
    "met": _("met the mission of the week"),
    "missed": _("missed the mission of the week"),
    "open": _("whose week is not final"),
    "rest": _("at rest in the week"),
    "pin": _("were given the pin"),
}
STATE_WORDS: Final = {
    "met": _("Met"),
    "missed": _("Not met"),
    "open": _("Not over"),
    "waiting": _("Devices may still come in"),
    "rest": _("Week of rest"),
}


@dataclass(frozen=True)
class LearnerRow:
    """A learner with the identifier as members read it; None once erased."""

    learner: LearnerWeek
    identifier: str | None

    @property
    def state(self) -> str:
        """Return the state of the mission in words."""
        mission = self.learner.mission
        return str(STATE_WORDS[mission.state]) if mission else ""


PEOPLE = ListSpec[LearnerRow](
    name="missions-people",
    columns=(
        ListColumn("learner", _("Learner"), lambda row: row.identifier),
        ListColumn("number", _("Number"), lambda row: row.learner.number, is_shown=False),
        ListColumn(
            "active", _("Active days"),
            lambda row: len(row.learner.mission.active) if row.learner.mission else None,
            True, True,
        ),
        ListColumn(
            "asked", _("Days asked"),
            lambda row: row.learner.mission.days if row.learner.mission else None, True, True,
        ),
        ListColumn("state", _("State"), lambda row: row.state, True),
        ListColumn("given", _("Given"), lambda row: row.learner.given_at, True),
    ),
    row="missions/_learner.html",
    usual="-active",
)  # fmt: skip


@require_safe
@members_only
def missions_people(request: MemberRequest) -> HttpResponseBase:
    """List the learners behind one figure of the page of missions."""
    there, at = request.workspace, request.at
    figure = request.GET.get("figure", "")
    if figure not in get_args(Figure):
        raise Http404
    pin = request.GET.get("pin", "")[:100]
    try:
        version = number(request.GET.get("version", ""), 1, most=MOST_COUNT)
        start = on_date(request.GET.get("week", "")) or monday_of(there, at)
    except UserError as error:
        wrong = {"wrong": reader_text(error.text)}
        return render(request, "missions/people.html", wrong, status=422)
    found = (
        learners_with_pin(there.id, pin, version)
        if figure == "pin"
        else learners_behind(there, figure, start, at=at)  # type: ignore[arg-type]
    )
    rows = [LearnerRow(one, None) for one in found]
    pages = memory_source(rows, PEOPLE)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[LearnerRow], int]:
        """Return a page with identifiers; only an exact one finds a learner."""
        kept, count = pages(sort, "", skip, most)
        if search:
            known = known_customers(workspace_id=there.id, source=ACTORS, identifiers=[search])
            kept = [row for row in rows if row.learner.number in known.values()]
            count, kept = len(kept), kept[skip : skip + most]
        numbers = [row.learner.number for row in kept]
        names = masked_identifiers(workspace_id=there.id, numbers=numbers)
        if request.member is not None:
            record_view(
                workspace_id=there.id,
                what="learners behind a figure of missions",
                subject=f"missions:{figure}",
                at=at,
                by=author_of(request),
            )
        return [LearnerRow(row.learner, names.get(row.learner.number)) for row in kept], count

    listing = recorded_list(request, PEOPLE, source)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": len(found),
        "words": WORDS[figure],
        "is_pin": figure == "pin",
        "pin": pin,
        "version": version,
        "start": start,
    }
    return render(request, "missions/people.html", context)
