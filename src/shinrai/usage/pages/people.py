"""The people behind a figure of usage: masked, and each view of them in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args
from urllib.parse import urlencode

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
from shinrai.units.errors import UserError
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.pages.question import number, on_date, read_question, the_warehouse
from shinrai.usage.queries.laid_out import asked_of
from shinrai.usage.queries.people import MOST, Figure, FigureAsked, UsagePerson, people_behind
from shinrai.usage.queries.view import UsageQuestion, usual_question, workspace_scope

WORDS: Final = {
    "retention": _("came back, or began"),
    "active": _("active"),
    "new": _("new"),
    "returning": _("returning"),
    "resurrecting": _("resurrecting"),
    "dormant": _("dormant"),
    "days": _("by active days"),
    "dau": _("active that day"),
    "wau": _("active in the 7 days that end then"),
    "mau": _("active in the 30 days that end then"),
    "learners": _("learners of the month"),
    "learned": _("with enough active days in the month"),
    "streak": _("by the streak that runs"),
    "churned": _("have left"),
    "cohort": _("in the cohort"),
}


@dataclass(frozen=True)
class PersonRow:
    """A person behind a figure, with the identifier as members read it; None once erased."""

    person: UsagePerson
    identifier: str | None

    @property
    def first_on(self) -> date:
        """Return the first active day."""
        return self.person.first_on

    @property
    def last_on(self) -> date:
        """Return the last active day."""
        return self.person.last_on


PEOPLE = ListSpec[PersonRow](
    name="usage-people",
    columns=(
        ListColumn("person", _("Person"), lambda row: row.identifier),
        ListColumn("number", _("Number"), lambda row: row.person.number, is_shown=False),
        ListColumn("days", _("Active days"), lambda row: row.person.days, True, True),
        ListColumn("last", _("Last active"), lambda row: f"{row.last_on}", True),
        ListColumn("first", _("First active"), lambda row: f"{row.first_on}", True),
    ),
    row="usage/_person.html",
    usual="-last",
)


@require_safe
@members_only
def usage_people(request: MemberRequest) -> HttpResponseBase:
    """List the people behind one figure of the page of habit."""
    there, at = request.workspace, request.at
    figure = request.GET.get("figure", "")
    if figure not in get_args(Figure):
        raise Http404
    try:
        question = read_question(request)
        low, high = (
            number(request.GET.get(name, ""), usual, least=0, most=MOST)
            for name, usual in (("low", 0), ("high", MOST))
        )
        asked = FigureAsked(figure, on_date(request.GET.get("on", "")), low, high)  # type: ignore[arg-type]
        scope = workspace_scope(there, at=at, warehouse=the_warehouse(), question=question)
        found = people_behind(scope, question, asked)
    except UserError as error:
        wrong = {"wrong": reader_text(error.text)}
        return render(request, "usage/people.html", wrong, status=422)
    rows = [PersonRow(one, None) for one in found]
    pages = memory_source(rows, PEOPLE)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[PersonRow], int]:
        """Return a page with identifiers; only an exact one, or a number, finds a person."""
        kept, count = pages(sort, "", skip, most)
        if search:
            sought = _sought(there.id, search)
            kept = [row for row in rows if row.person.number in sought]
            count, kept = len(kept), kept[skip : skip + most]
        names = masked_identifiers(
            workspace_id=there.id, numbers=[row.person.number for row in kept]
        )
        if request.member is not None:
            record_view(
                workspace_id=there.id,
                what="persons behind a figure of usage",
                subject=f"usage:{figure}",
                at=at,
                by=author_of(request),
            )
        return [PersonRow(row.person, names.get(row.person.number)) for row in kept], count

    listing = recorded_list(request, PEOPLE, source)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": len(found),
        "asked": asked,
        "words": WORDS[figure],
        "cohort": question.cohort,
        "back": _back(question, usual_question(there.zone, at)),
    }
    return render(request, "usage/people.html", context)


def _sought(workspace_id: int, search: str) -> set[int]:
    found = known_customers(workspace_id=workspace_id, source=ACTORS, identifiers=[search])
    numbers = set(found.values())
    return numbers | {int(search)} if search.isascii() and search.isdecimal() else numbers


def _back(question: UsageQuestion, usual: UsageQuestion) -> str:
    return urlencode(asked_of(question, usual))
