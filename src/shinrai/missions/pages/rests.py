"""The page of holidays and illness: dates on which nothing is asked, of all or of one learner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.customers.queries import masked_identifiers
from shinrai.missions.operations.declarations import BadRest, declare_rest
from shinrai.missions.queries.learner import learner_named
from shinrai.missions.queries.lists import RestRecord, rest_records
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.pages.question import on_date

FIELDS: Final = ("from", "to", "kind", "learner")
KIND_WORDS: Final = {"holiday": _("Holiday"), "illness": _("Illness"), "other": _("Other")}


@dataclass(frozen=True)
class RestRow:
    """A rest with the learner as members read them, the kind and the author in words."""

    rest: RestRecord
    learner: str
    kind: str
    by: str


RESTS = ListSpec[RestRow](
    name="missions-rests",
    columns=(
        ListColumn("from", _("First day"), lambda row: f"{row.rest.first_on}", True),
        ListColumn("to", _("Last day"), lambda row: f"{row.rest.last_on}", True),
        ListColumn("kind", _("Kind"), lambda row: row.kind, True),
        ListColumn("learner", _("Learner"), lambda row: row.learner),
        ListColumn("declared", _("Declared"), lambda row: row.rest.declared_at, True),
        ListColumn("by", _("Declared by"), lambda row: row.by),
    ),
    row="missions/_rest.html",
    usual="-from",
)


@require_safe
@members_only
def missions_rests(request: MemberRequest) -> HttpResponseBase:
    """List the rests, and the form for another."""
    return _shown(request, {})


@require_POST
@writers_only(Permission.PROMISE)
def change_rests(request: MemberRequest) -> HttpResponseBase:
    """Declare dates of rest."""
    typed = {
        name: " ".join(request.POST.get(name, "").replace("\0", "").split())[:200]
        for name in FIELDS
    }
    there = request.workspace
    try:
        first, last = on_date(typed["from"]), on_date(typed["to"])
        if first is None:
            raise BadRest(Text("say the first day of the rest"))
        learner = learner_named(there, typed["learner"]) if typed["learner"] else None
        declare_rest(
            workspace_id=there.id,
            learner_id=learner.id if learner else None,
            dates=(first, last or first),
            kind=typed["kind"],
            at=request.at,
            by=author_of(request),
        )
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    messages.success(request, gettext("Declared: nothing is asked on these days."))
    return redirect("missions_rests", there.slug)


def _shown(
    request: MemberRequest, typed: Mapping[str, str], *, wrong: str = ""
) -> HttpResponseBase:
    there = request.workspace.id
    authors = {member.key: member.display_name for member in members(workspace_id=there)}
    everybody, erased = gettext("all learners"), gettext("an erased learner")
    by_command = gettext("by command")
    found = rest_records(there)
    rows = [
        RestRow(
            one,
            everybody if one.learner_id is None else "",
            str(KIND_WORDS[one.kind]),
            authors.get(one.by) or by_command,
        )
        for one in found
    ]
    pages = memory_source(rows, RESTS)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[RestRow], int]:
        """Return a page with masked identifiers; whose rests they are is in the audit."""
        kept, count = pages(sort, search, skip, most)
        numbers = {row.rest.learner_id for row in kept if row.rest.learner_id is not None}
        names = masked_identifiers(workspace_id=there, numbers=numbers)
        if numbers and request.member is not None:
            record_view(
                workspace_id=there,
                what="rests of learners",
                subject="missions:rests",
                at=request.at,
                by=author_of(request),
            )
        return [
            RestRow(
                row.rest,
                row.learner or names.get(row.rest.learner_id or 0, erased),
                row.kind,
                row.by,
            )
            for row in kept
        ], count

    listing = recorded_list(request, RESTS, source)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "of_all": next((one for one in found if one.learner_id is None), None),
        "count": len(found),
        "kinds": list(KIND_WORDS.items()),
        "typed": typed,
        "wrong": wrong,
        "may_change": may(request.member, Permission.PROMISE),
    }
    return render(request, "missions/rests.html", context, status=422 if wrong else 200)
