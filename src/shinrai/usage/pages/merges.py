"""The page of merges: which identifiers were made one person, how, and taking them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.customers.queries import known_customers, masked_identifiers
from shinrai.units.errors import UserError
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.operations.merges import join_actors, undo_merge
from shinrai.usage.queries.actors import MergeRecord, merges

HOW = {
    "identify": _("signed in"),
    "alias": _("alias"),
    "merge": _("joined on purpose"),
    "group": _("group"),
    "undone": _("taken apart"),
}


@dataclass(frozen=True)
class MergeRow:
    """A step with the identifiers of both, as members read them; None once erased."""

    merge: MergeRecord
    actor: str | None
    into: str | None


MERGES = ListSpec[MergeRow](
    name="usage-merges",
    columns=(
        ListColumn("actor", _("Identifier"), lambda row: row.actor),
        ListColumn("into", _("Joined with"), lambda row: row.into),
        ListColumn("how", _("How"), lambda row: str(HOW.get(row.merge.how, row.merge.how))),
        ListColumn("at", _("When"), lambda row: row.merge.at, is_sortable=True),
        ListColumn("stands", _("Stands"), lambda row: row.merge.stands, is_sortable=True),
    ),
    row="usage/_merge.html",
    usual="-at",
    a_page=25,
)


@require_safe
@members_only
def usage_merges(request: MemberRequest) -> HttpResponseBase:
    """List the steps that made identifiers one person, or took one out again."""
    return _shown(request, {})


def _shown(request: MemberRequest, typed: dict[str, str], *, wrong: str = "") -> HttpResponseBase:
    there = request.workspace.id
    state = request.GET.get("state", "")
    rows = [
        MergeRow(one, None, None)
        for one in merges(there)
        if not state or one.stands == (state == "stands")
    ]
    pages = memory_source(rows, MERGES)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[MergeRow], int]:
        """Return a page with identifiers; only an exact one finds its steps."""
        kept, count = pages(sort, "", skip, most)
        if search:
            found = known_customers(workspace_id=there, source=ACTORS, identifiers=[search])
            sought = set(found.values())
            kept = [row for row in rows if {row.merge.actor, row.merge.into} & sought]
            count, kept = len(kept), kept[skip : skip + most]
        names = masked_identifiers(
            workspace_id=there,
            numbers={n for row in kept for n in (row.merge.actor, row.merge.into)},
        )
        if request.member is not None:
            record_view(
                workspace_id=there,
                what="merged persons",
                subject="usage:merges",
                at=request.at,
                by=author_of(request),
            )
        return [
            MergeRow(row.merge, names.get(row.merge.actor), names.get(row.merge.into))
            for row in kept
        ], count

    states = ListFilter("state", _("State"), (("stands", _("stands")), ("over", _("no longer"))))  # type: ignore[arg-type]
    listing = recorded_list(request, MERGES, source, (states,))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "standing": sum(row.merge.stands for row in rows),
        "may_change": may(request.member, Permission.IMPORT),
        "how": HOW,
        "typed": typed,
        "wrong": wrong,
    }
    return render(request, "usage/merges.html", context, status=422 if wrong else 200)


@require_POST
@writers_only(Permission.IMPORT)
def change_merges(request: MemberRequest) -> HttpResponseBase:
    """Take two apart again, or join two identifiers by hand."""
    there, by, at = request.workspace.id, author_of(request), request.at
    number = request.POST.get("number", "")
    typed = {
        name: request.POST.get(name, "").replace("\0", "").strip()[:200]
        for name in ("actor", "into")
    }
    try:
        if number.isascii() and number.isdecimal():
            undo_merge(workspace_id=there, number=int(number[:18]), at=at, by=by)
            messages.success(request, gettext("They are taken apart."))
        else:
            names = (typed["actor"], typed["into"])
            join_actors(workspace_id=there, names=names, at=at, by=by)
            messages.success(request, gettext("They are one person from now on."))
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    return redirect("usage_merges", request.workspace.slug)
