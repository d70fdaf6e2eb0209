"""The pages of interviews: rounds, the persons of one, and what they said."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.customers.queries import customer_typed
from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_round,
    draw_invitations,
    invite_person,
    record_interview_step,
)
from shinrai.satisfaction.queries.interviews import (
    Interviewee,
    RoundOverview,
    UnknownInterview,
    candidates,
    interviewee,
    invitation_link,
    needs,
    round_overviews,
)
from shinrai.satisfaction.rules.interview import (
    CHILDREN,
    GIVEN_BY,
    HOW,
    INVITED_HOW,
    SCOPE_WORDS,
    STEPS,
    RoundForm,
    scope_text,
)
from shinrai.satisfaction.rules.targeting import WHO
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.cohorts import saved_cohorts
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

FIELDS: Final = (
    *("key", "title", "question", "guide", "who", "days", "cap_days", "children", "cohort"),
    *("wanted", "keep_days"),
)
STATES: Final = ("invited", "consented", "held", "declined", "withdrawn")
ROUNDS: Final = ListSpec[RoundOverview](
    name="interviews",
    columns=(
        ListColumn("title", _("Round"), lambda row: row.round.form.title, is_sortable=True),
        *(
            ListColumn(
                name,
                title,
                lambda row, name=name: row.counts[name],  # type: ignore[misc]
                is_sortable=True,
                is_number=True,
            )
            for name, title in zip(
                (*STATES, "quotes"),
                (_("Invited"), _("Consented"), _("Held"), _("Declined"), _("Withdrawn"),
                 _("Quotes")),
                strict=True,
            )
        ),
    ),
    row="satisfaction/_round.html",
)  # fmt: skip
PEOPLE: Final = ListSpec[Interviewee](
    name="interview_round",
    columns=(
        ListColumn("person", _("Interviewee"), lambda row: row.name or f"#{row.person}", True),
        ListColumn("state", _("State"), lambda row: row.standing.state, is_sortable=True),
        ListColumn(
            "until",
            _("Consent until"),
            lambda row: row.standing.consent.until if row.standing.consent else None,
            is_sortable=True,
        ),
        ListColumn("held", _("Held"), lambda row: row.counts["held"], True, is_number=True),
        ListColumn("notes", _("Notes"), lambda row: row.counts["note"], True, is_number=True),
        ListColumn("quotes", _("Quotes"), lambda row: row.counts["quote"], True, is_number=True),
    ),
    row="satisfaction/_interviewee.html",
)


@require_safe
@members_only
def interviews(request: MemberRequest) -> HttpResponseBase:
    """List the rounds, and how far the persons of each are."""
    rows = round_overviews(workspace_id=request.workspace.id, at=request.at)
    page = recorded_list(request, ROUNDS, memory_source(rows, ROUNDS))
    if not isinstance(page, ListPage):
        return page
    context = {
        "list": page,
        "rounds": len(rows),
        "held": sum(one.counts["held"] for one in rows),
        "waiting": sum(one.counts["waiting"] for one in rows),
        "may_set": may(request.member, Permission.PROMISE),
    }
    return render(request, "satisfaction/interviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_round(request: MemberRequest) -> HttpResponseBase:
    """Declare a round of interviews, or its next version."""
    there = request.workspace
    typed = {name: request.POST.get(name, "").replace("\0", "").strip() for name in FIELDS}
    wrong = ""
    if request.method == "POST":
        aimed = {name: typed[name] for name in ("who", "days", "cap_days", "children")}
        try:
            document = typed | {"targeting": aimed}
            made = declare_round(
                workspace_id=there.id,
                key=typed["key"],
                document=document,
                at=request.at,
                by=author_of(request),
            )
            return redirect("interview_round", there.slug, made.key)
        except UserError as error:
            wrong = reader_text(error.text)
    else:
        typed = _typed_before(request)
    context = {
        "typed": typed,
        "wrong": wrong,
        "choices": {"who": _choices(WHO), "children": _choices(CHILDREN)},
        "cohorts": [("", gettext("none"))]
        + [(one.name, one.name) for one in saved_cohorts(there.id)],
    }
    return render(request, "satisfaction/new_round.html", context, status=422 if wrong else 200)


@require_safe
@members_only
def interview_round(request: MemberRequest, key: str) -> HttpResponseBase:
    """Show a round: how far its persons are, its guide, and who could be invited."""
    return _round_page(request, key)


@require_POST
@writers_only(Permission.PROMISE)
def round_deeds(request: MemberRequest, key: str) -> HttpResponseBase:
    """Invite persons: some drawn of those who meet the criteria, or one by name."""
    there, how, by = request.workspace, request.POST.get("how", ""), author_of(request)
    _found(request, key)
    typed = request.POST.get("person", "").replace("\0", "").strip()
    try:
        if typed:
            known = customer_typed(workspace_id=there.id, typed=typed)
            number = known.id if known else 0
            invite_person(
                workspace_id=there.id, key=key, person=number, how=how, at=request.at, by=by
            )
            count = 1
        else:
            asked = request.POST.get("count", "")
            drawn = draw_invitations(
                workspace=there,
                key=key,
                count=int(asked) if asked.isdecimal() and len(asked) < 4 else 1,
                how=how,
                warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
                at=request.at,
                by=by,
            )
            count = len(drawn)
    except UserError as error:
        return _round_page(request, key, wrong=reader_text(error.text))
    done = Text("{count} person is invited.", "{count} persons are invited.", count=count)
    messages.success(request, reader_text(done))
    return redirect("interview_round", there.slug, key)


@require_safe
@never_cache
@members_only
def interview_person(request: MemberRequest, key: str, person: int) -> HttpResponseBase:
    """Show what a person consented to and said, masked; whoever reads it is recorded."""
    return _person_page(request, key, person)


@require_POST
@writers_only(Permission.PROMISE)
def person_deeds(request: MemberRequest, key: str, person: int) -> HttpResponseBase:
    """Record a step of a person."""
    given: dict[str, Any] = {
        name: request.POST.get(name, "") for name in ("until", "given_by", "how", "on", "minutes")
    }
    given |= {"scope": request.POST.getlist("scope"), "need": request.POST.get("need", "")}
    entry = InterviewEntry(
        request.workspace.id,
        key,
        person,
        request.POST.get("kind", ""),
        given,
        request.POST.get("words", "").replace("\0", ""),
    )
    try:
        record_interview_step(entry, at=request.at, by=author_of(request))
    except UserError as error:
        return _person_page(request, key, person, wrong=reader_text(error.text))
    messages.success(request, gettext("It is recorded."))
    return redirect("interview_person", request.workspace.slug, key, person)


def _round_page(request: MemberRequest, key: str, wrong: str = "") -> HttpResponseBase:
    there, found = request.workspace, _found(request, key)
    page = recorded_list(request, PEOPLE, memory_source(found.people, PEOPLE))
    if not isinstance(page, ListPage):
        return page
    could = None
    if request.GET.get("candidates"):  # reads usage: only where somebody asks for it
        try:
            warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
            could = candidates(
                workspace=there, there=found.round, at=request.at, warehouse=warehouse
            )
        except UserError as error:
            wrong = reader_text(error.text)
    form = found.round.form
    context = {
        "found": found,
        "form": form,
        "counts": found.counts,
        "list": page,
        "could": could,
        "missing": max(form.wanted - found.counts["invited"], 1),
        "who": reader_text(WHO[form.targeting.who]),
        "children": reader_text(CHILDREN[form.targeting.children]),
        "states": {name: reader_text(text) for name, text in STEPS.items()},
        "how": _choices(INVITED_HOW),
        "wrong": wrong,
        "may_set": may(request.member, Permission.PROMISE),
    }
    return render(request, "satisfaction/round.html", context, status=422 if wrong else 200)


def _person_page(
    request: MemberRequest, key: str, person: int, wrong: str = ""
) -> HttpResponseBase:
    there, on = request.workspace, today(request.workspace.zone, request.at)
    overview = _found(request, key)
    try:
        found = interviewee(workspace_id=there.id, key=key, person=person, at=request.at)
    except UnknownInterview as error:
        raise Http404 from error
    if any(one.has_words for one in found.steps):
        record_view(
            workspace_id=there.id,
            what="words of interviews",
            subject=f"interviews:{key}:{person}",
            at=request.at,
            by=author_of(request),
        )
    may_set = may(request.member, Permission.PROMISE)
    context = {
        "found": found,
        "round": overview.round,
        "state": reader_text(STEPS[found.standing.state or "invited"]),
        "scope": reader_text(scope_text(found.standing.consent)),
        "steps": [(one, reader_text(STEPS[one.kind])) for one in found.steps],
        "is_in_force": found.standing.consent is not None and not found.is_ended,
        "link": invitation_link(workspace_id=there.id, key=key, person=person) if may_set else "",
        "scopes": _choices(SCOPE_WORDS),
        "given_by": _choices(GIVEN_BY),
        "how": [one for one in _choices(HOW) if one[0] != "link"],
        "needs": [(one.key, one.sentence) for one in needs(workspace_id=there.id).values()],
        "until": on + timedelta(days=overview.round.form.keep_days),
        "today": on,
        "typed": request.POST,
        "typed_scope": request.POST.getlist("scope"),
        "wrong": wrong,
        "may_set": may_set,
    }
    status = 422 if wrong else 200
    return render(request, "satisfaction/interviewee.html", context, status=status)


def _found(request: MemberRequest, key: str) -> RoundOverview:
    try:
        [found] = round_overviews(workspace_id=request.workspace.id, at=request.at, key=key)
    except UnknownInterview as error:
        raise Http404 from error
    return found


def _choices(words: Mapping[str, Text]) -> Sequence[tuple[str, str]]:
    return [(key, reader_text(text)) for key, text in words.items()]


def _typed_before(request: MemberRequest) -> dict[str, str]:
    """Return the round that the address names as it would be typed, or a form as it opens."""
    key = request.GET.get("round", "")
    form = _found(request, key).round.form if key else RoundForm("", "")
    aimed = form.targeting
    return {
        "key": key,
        "title": form.title,
        "question": form.question,
        "guide": form.guide,
        "who": aimed.who,
        "days": str(aimed.days),
        "cap_days": str(aimed.cap_days),
        "children": aimed.children,
        "cohort": form.cohort,
        "wanted": str(form.wanted),
        "keep_days": str(form.keep_days),
    }
