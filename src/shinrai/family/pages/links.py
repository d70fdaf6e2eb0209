"""The staff's page of guardians: which links there are, and the end of one with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import share_words
from shinrai.customers.queries import customer_typed, masked_identifiers
from shinrai.delivery.targets import masked
from shinrai.family.operations.links import EndRequest, end_links
from shinrai.family.queries.guardians import FAMILY, guardians_numbered, links_of_workspace
from shinrai.family.queries.notices import notice_figures
from shinrai.family.rules.link import GuardianLink
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS

FIGURES = timedelta(days=28)
STATES = {
    "offered": Text("code waits for a guardian"),
    "claimed": Text("waits for the child's app"),
    "linked": Text("linked"),
    "ended": Text("ended"),
    "expired": Text("not claimed or confirmed in time"),
}
SIDES = {"learner": Text("learner"), "guardian": Text("guardian"), "staff": Text("staff")}


class ReasonMissing(UserError, ValueError):
    """Staff end a link with a reason."""


@dataclass(frozen=True)
class FamilyRow:
    """A link with the identifiers of both, as members read them; None once erased."""

    link: GuardianLink
    learner: str | None = None
    guardian: str | None = None
    address: str = ""
    bounced_at: datetime | None = None

    @property
    def state(self) -> str:
        """Return words for the state of the link, and who ended it."""
        said = reader_text(STATES[self.link.state])
        side = self.link.ended_side
        return f"{said} · {reader_text(SIDES[side])}" if side else said

    @property
    def is_live(self) -> bool:
        """Return whether there is something to end."""
        return self.link.state in ("claimed", "linked")


LINKS = ListSpec[FamilyRow](
    name="family-links",
    columns=(
        ListColumn("learner", _("Learner"), lambda row: row.learner),
        ListColumn("guardian", _("Guardian"), lambda row: row.guardian),
        ListColumn("state", _("State"), lambda row: row.state, True),
        ListColumn("made", _("Code made"), lambda row: row.link.made_at, True),
        ListColumn("since", _("Since"), lambda row: row.link.since, True),
        ListColumn("until", _("Until"), lambda row: row.link.until, True),
        ListColumn("mail", _("Mail"), lambda row: row.address),
    ),
    row="family/_link.html",
    usual="-made",
)


@require_safe
@members_only
def family_links(request: MemberRequest) -> HttpResponseBase:
    """List the links of guardians with learners, the newest first."""
    return _shown(request)


def _shown(request: MemberRequest, *, wrong: str = "") -> HttpResponseBase:
    there = request.workspace
    every = links_of_workspace(there.id, request.at)
    wanted = request.GET.get("state", "")
    found = [one for one in every if wanted not in STATES or one.state == wanted]

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[FamilyRow], int]:
        """Return a page with identifiers; only an exact one finds a person."""
        people = {
            person.id
            for source in (ACTORS, FAMILY)
            if search
            and (person := customer_typed(workspace_id=there.id, typed=f"{source}:{search}"))
        }
        rows = [FamilyRow(one) for one in found
                if not search or people & {one.learner, one.guardian}]  # fmt: skip
        kept, count = memory_source(rows, LINKS)(sort, "", skip, most)
        if request.member is not None:
            record_view(
                workspace_id=there.id,
                what="links of guardians",
                subject="family:links",
                at=request.at,
                by=author_of(request),
            )
        return _named(there.id, [row.link for row in kept]), count

    filters = [
        ListFilter("state", _("State"), [(key, reader_text(said)) for key, said in STATES.items()])
    ]
    listing = recorded_list(request, LINKS, source, filters)
    if not isinstance(listing, ListPage):
        return listing
    linked = [one for one in every if one.state == "linked"]
    guardians = {one.guardian for one in linked if one.guardian is not None}
    figures = notice_figures(there.id, since=request.at - FIGURES, until=request.at)
    opened = share_words(figures.opened, language=reader_language(), interval=figures.interval)
    context = {
        "notice_figures": figures,
        "opened": opened if isinstance(opened, str) else reader_text(Text("none was sent")),
        "list": listing,
        "linked": len(linked),
        "guardians": len(guardians),
        "learners": len({one.learner for one in linked}),
        "waiting": sum(one.state == "claimed" for one in every),
        "ended": sum(one.state == "ended" for one in every),
        "bounced": sum(
            one.bounced_at is not None for one in guardians_numbered(there.id, guardians).values()
        ),
        "wrong": wrong,
        "may_change": may(request.member, Permission.ANSWER_INQUIRY),
    }
    return render(request, "family/links.html", context, status=422 if wrong else 200)


def _named(workspace_id: int, links: Sequence[GuardianLink]) -> list[FamilyRow]:
    guardians = {one.guardian for one in links if one.guardian is not None}
    names = masked_identifiers(
        workspace_id=workspace_id, numbers=guardians | {one.learner for one in links}
    )
    records = guardians_numbered(workspace_id, guardians)
    rows = []
    for one in links:
        record = records.get(one.guardian or 0)
        rows.append(
            FamilyRow(
                one,
                names.get(one.learner),
                names.get(one.guardian or 0),
                masked("mail", record.address) if record and record.address else "",
                record.bounced_at if record else None,
            )
        )
    return rows


@require_POST
@writers_only(Permission.ANSWER_INQUIRY)
def link_ends(request: MemberRequest) -> HttpResponseBase:
    """End the link of a guardian with a learner at once, with a reason."""
    there = request.workspace
    numbers = [request.POST.get(name, "") for name in ("learner", "guardian")]
    learner, guardian = (
        int(one) if one.isdecimal() and len(one) < 19 else 0 for one in numbers
    )  # fmt: skip
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            raise ReasonMissing(Text("Say why the link ends."))
        asked = EndRequest(learner, guardian, "staff", reason)
        end_links(workspace=there, asked=asked, at=request.at, by=author_of(request))
    except UserError as error:
        return _shown(request, wrong=reader_text(error.text))
    messages.success(request, gettext("The link is ended."))
    return redirect("family_links", there.slug)
