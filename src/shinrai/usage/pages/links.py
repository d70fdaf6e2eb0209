"""The page of households: whose guardian somebody is, since when, and how one knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.customers.operations import LinkRequest, UnusableLink, link_persons
from shinrai.customers.queries import (
    LinkRecord,
    customer_typed,
    masked_identifiers,
    payers,
    person_links,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.pages.question import on_date
from shinrai.usage.rules.periods import today

FIELDS = ("learner", "guardian", "contract", "since", "until", "proof")


@dataclass(frozen=True)
class LinkRow:
    """A link with the identifiers of both, as members read them; None once erased."""

    link: LinkRecord
    learner: str | None
    guardian: str | None


LINKS = ListSpec[LinkRow](
    name="usage-links",
    columns=(
        ListColumn("learner", _("Learner"), lambda row: row.learner),
        ListColumn("guardian", _("Guardian"), lambda row: row.guardian),
        ListColumn("contract", _("Contract"), lambda row: row.link.contract_key, True),
        ListColumn("since", _("Since"), lambda row: f"{row.link.since}", True),
        ListColumn("until", _("Until"), lambda row: f"{row.link.until or ''}", True),
        ListColumn("proof", _("How one knows"), lambda row: row.link.proof),
    ),
    row="usage/_link.html",
    usual="-since",
)


@require_safe
@members_only
def usage_links(request: MemberRequest) -> HttpResponseBase:
    """List the links that hold today, and the form for another."""
    return _shown(request, {})


def _shown(request: MemberRequest, typed: dict[str, str], *, wrong: str = "") -> HttpResponseBase:
    there = request.workspace
    on = today(there.zone, request.at)
    found = person_links(workspace_id=there.id, on=on)
    pages = memory_source([LinkRow(one, None, None) for one in found], LINKS)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[LinkRow], int]:
        """Return a page with identifiers; only an exact one finds a person."""
        kept, count = pages(sort, "", skip, most)
        if search:
            person = customer_typed(workspace_id=there.id, typed=search)
            person = person or customer_typed(workspace_id=there.id, typed=f"usage:{search}")
            sought = person.id if person else 0
            kept = [
                LinkRow(one, None, None)
                for one in found
                if sought in (one.learner_id, one.guardian_id) or one.contract_key == search
            ]
            count, kept = len(kept), kept[skip : skip + most]
        numbers = {n for row in kept for n in (row.link.learner_id, row.link.guardian_id)}
        names = masked_identifiers(workspace_id=there.id, numbers=numbers)
        if request.member is not None:
            record_view(
                workspace_id=there.id,
                what="linked persons",
                subject="customers:links",
                at=request.at,
                by=author_of(request),
            )
        return [
            LinkRow(row.link, names.get(row.link.learner_id), names.get(row.link.guardian_id))
            for row in kept
        ], count

    listing = recorded_list(request, LINKS, source)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "learners": len({one.learner_id for one in found}),
        "guardians": len({one.guardian_id for one in found}),
        "payers": len(payers(one for one in found if one.contract_key)),
        "typed": typed,
        "today": on,
        "wrong": wrong,
        "may_change": may(request.member, Permission.IMPORT),
    }
    return render(request, "usage/links.html", context, status=422 if wrong else 200)


@require_POST
@writers_only(Permission.IMPORT)
def change_links(request: MemberRequest) -> HttpResponseBase:
    """Link a learner with a guardian; the same again with a last day ends the link."""
    there = request.workspace
    typed = {name: request.POST.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}
    if request.POST.get("ends"):
        return _ended(request, typed)
    try:
        since = on_date(typed["since"])
        if since is None:
            raise UnusableLink(Text("say since when the link holds"))
        asked = LinkRequest(
            workspace_id=there.id,
            learner_id=_person(there.id, typed["learner"], "usage"),
            guardian_id=_person(there.id, typed["guardian"], "revenue"),
            contract_key=typed["contract"],
            since=since,
            until=_until(typed["until"]),
            proof=typed["proof"],
        )
        link_persons(asked, at=request.at, by=author_of(request))
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    messages.success(request, gettext("They are linked."))
    return redirect("usage_links", there.slug)


def _ended(request: MemberRequest, typed: dict[str, str]) -> HttpResponseBase:
    """End a link that holds today: on a day, with how one knows of the end."""
    there = request.workspace
    on = today(there.zone, request.at)
    ends = (typed["learner"], typed["guardian"], typed["contract"])
    found = [
        one
        for one in person_links(workspace_id=there.id, on=on)
        if (str(one.learner_id), str(one.guardian_id), one.contract_key) == ends
    ]
    try:
        if not found:
            raise UnusableLink(Text("this link holds no longer"))
        asked = LinkRequest(
            workspace_id=there.id,
            learner_id=found[0].learner_id,
            guardian_id=found[0].guardian_id,
            contract_key=found[0].contract_key,
            since=found[0].since,
            until=_until(typed["until"]) or on,
            proof=typed["proof"],
        )
        link_persons(asked, at=request.at, by=author_of(request))
    except UserError as error:
        return _shown(request, {}, wrong=reader_text(error.text))
    messages.success(request, gettext("The link is ended."))
    return redirect("usage_links", there.slug)


def _until(text: str) -> date | None:
    return on_date(text) if text else None


def _person(workspace_id: int, typed: str, usual: str) -> int:
    """Return who is meant by an exact identifier, or by SOURCE:IDENTIFIER."""
    for name in (typed, f"{usual}:{typed}"):
        found = customer_typed(workspace_id=workspace_id, typed=name) if typed else None
        if found is not None:
            return found.id
    raise UnusableLink(
        Text("no customer is known as {typed}; write it as {example}", typed=typed[:80] or "–",
             example=f"{usual}:…")
    )  # fmt: skip
