"""Pages of imports: what came in, bringing a sheet in with a trial first, taking it back."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.guards import MemberRequest, by_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules import Deed
from shinrai.calendars.rules.zones import zone_names
from shinrai.importers import queries
from shinrai.importers.queries import ImportRecord
from shinrai.importers.upload.inbox import (
    LARGEST_MB,
    Draft,
    Inbox,
    NoSuchDraft,
    NotATable,
    TooLarge,
)
from shinrai.importers.upload.trying import (
    OWN,
    REFUSALS,
    bring_in,
    refusal_words,
    take_back,
    try_files,
)
from shinrai.ledger.operations import BatchAlreadyWithdrawn, BatchNotComplete
from shinrai.objectives.pages import the_warehouse

MOST_SHOWN = 100


@require_safe
@members_only
def imports(request: MemberRequest) -> HttpResponse:
    """List a workspace's imports, newest first."""
    found = queries.imports(workspace_id=request.workspace.id)
    return render(
        request, "importers/imports.html", {"imports": found, "may_import": _may(request)}
    )


@require_safe
@members_only
def new_import(request: MemberRequest) -> HttpResponse:
    """Show where to drop a sheet, or who may."""
    return _form(request, {})


@require_POST
@writers_only(Deed.IMPORT)
def drafts(request: MemberRequest) -> HttpResponse:
    """Keep uploaded files and go to what they would do."""
    mapping = request.FILES.get("own_mapping")
    try:
        draft = the_inbox().put(
            workspace_id=request.workspace.id,
            files=request.FILES.getlist("file"),
            mapping=mapping,
            at=request.at,
            by=by_of(request),
        )
    except (TooLarge, NotATable) as error:
        return _form(request, {"wrong": str(error)}, status=422)
    chosen = OWN if mapping is not None else request.POST.get("mapping", "")
    return redirect(_address(request, draft.token, chosen, request.POST.get("zone", "")))


@require_safe
@writers_only(Deed.IMPORT)
def draft(request: MemberRequest, token: str) -> HttpResponse:
    """Show what waiting files would do, before anything is written."""
    found = _waiting(request, token)
    mapping, zone = request.GET.get("mapping", ""), request.GET.get("zone", "")
    trial = try_files(
        draft=found,
        workspace=request.workspace,
        mapping=mapping,
        zone=zone,
        at=request.at,
        by=by_of(request),
    )
    context = {"draft": found, "trial": trial, "most_shown": MOST_SHOWN}
    return render(request, "importers/draft.html", context | _choices(mapping, zone))


@require_POST
@writers_only(Deed.IMPORT)
def confirmations(request: MemberRequest, token: str) -> HttpResponse:
    """Bring waiting files in."""
    found = _waiting(request, token)
    mapping, zone = request.POST.get("mapping", ""), request.POST.get("zone", "")
    try:
        report = bring_in(
            draft=found,
            inbox=the_inbox(),
            workspace=request.workspace,
            mapping=mapping,
            zone=zone,
            warehouse=the_warehouse(),
            at=request.at,
            by=by_of(request),
        )
    except REFUSALS as error:
        messages.error(request, refusal_words(error, found))
        return redirect(_address(request, token, mapping, zone))
    messages.success(request, gettext("Import %(n)s is in.") % {"n": report.batch})
    if report.became_real:
        messages.warning(
            request,
            gettext("This workspace now holds real data: only its members can read it."),
        )
    return redirect("import", request.workspace.slug, report.batch)


@require_POST
@writers_only(Deed.IMPORT)
def discards(request: MemberRequest, token: str) -> HttpResponse:
    """Let waiting files go."""
    the_inbox().let_go(_waiting(request, token))
    messages.success(request, gettext("The files are deleted; nothing was imported."))
    return redirect("new_import", request.workspace.slug)


@require_safe
@members_only
def one_import(request: MemberRequest, number: int) -> HttpResponse:
    """Show what an import brought, what it set aside, and how to take it back."""
    found = _import(request, number)
    aside = queries.quarantined(batch_id=found.id)
    context = {
        "import": found,
        "set_aside": aside,
        "most_shown": MOST_SHOWN,
        "may_import": _may(request),
    }
    return render(request, "importers/import.html", context)


@require_POST
@writers_only(Deed.IMPORT)
def withdrawals(request: MemberRequest, number: int) -> HttpResponse:
    """Take an import back."""
    found = _import(request, number)
    try:
        undone = take_back(
            batch_id=found.id,
            reason=request.POST.get("reason", "").strip()[:200],
            warehouse=the_warehouse(),
            at=request.at,
            by=by_of(request),
        )
    except (*REFUSALS, BatchNotComplete, BatchAlreadyWithdrawn) as error:
        messages.error(request, str(error))
    else:
        said = gettext(
            "Import %(n)s is withdrawn; it spoke of %(cases)s cases. Its steps count no more. "
            "To have them back, import the same files again."
        )
        messages.success(request, said % {"n": undone.batch, "cases": f"{undone.cases:,}"})
    return redirect("import", request.workspace.slug, found.id)


def the_inbox() -> Inbox:
    """Open the folder in which uploads wait."""
    return Inbox(settings.SHINRAI_HOME / "inbox")


def _form(request: MemberRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    chosen = _choices(request.POST.get("mapping", ""), request.POST.get("zone", ""))
    context = {"may_import": _may(request), "largest_mb": LARGEST_MB, **chosen, **more}
    return render(request, "importers/new.html", context, status=status)


def _choices(mapping: str, zone: str) -> dict[str, Any]:
    return {
        "mappings": queries.mappings(),
        "zones": sorted(zone_names()),
        "mapping": mapping,
        "zone": zone,
        "own": OWN,
    }


def _may(request: MemberRequest) -> bool:
    return may(request.member, Deed.IMPORT)


def _waiting(request: MemberRequest, token: str) -> Draft:
    try:
        return the_inbox().draft(
            token, workspace_id=request.workspace.id, by=by_of(request), at=request.at
        )
    except NoSuchDraft as error:
        raise Http404(str(error)) from error


def _import(request: MemberRequest, number: int) -> ImportRecord:
    found = queries.import_record(number)
    if found is None or found.workspace_id != request.workspace.id:
        raise Http404(f"there is no import {number} here")
    return found


def _address(request: MemberRequest, token: str, mapping: str, zone: str) -> str:
    address = reverse("import_draft", args=[request.workspace.slug, token])
    asked = urlencode({k: v for k, v in (("mapping", mapping), ("zone", zone)) if v})
    return f"{address}?{asked}" if asked else address
