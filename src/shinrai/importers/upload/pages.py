"""Pages of uploads: upload, what a sheet means and would do, a worker's progress, import."""

from typing import Any

import yaml
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_names
from shinrai.console.lists import A_PAGE
from shinrai.console.pages import takes
from shinrai.console.reader import reader_language, reader_text
from shinrai.importers import queries
from shinrai.importers.models import SheetMapping, Upload
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.upload import status
from shinrai.importers.upload.form import file_choices, sheet_choices
from shinrai.importers.upload.inbox import (
    BY_COLUMNS,
    LARGEST,
    LARGEST_MB,
    OWN,
    NoSuchUpload,
    NotATable,
    TooLarge,
    find_upload,
    is_sheet,
    own_mapping,
    put_upload,
)
from shinrai.importers.upload.status import Status
from shinrai.importers.upload.trial import load_trial
from shinrai.units.text import Text

FORM_ITSELF = 1024 * 1024  # a mapping of one's own, and what a form puts around its files
BROKEN = Text("Something of ours broke while reading these files. The log says what; they wait on.")
UNSEEN = Text("You changed what the sheet means: look at the cases again, then import them.")


@require_safe
@members_only
def new_import(request: MemberRequest) -> HttpResponse:
    """Show the form to upload a sheet; people who may not import see who may."""
    return _form(request, {})


@require_POST
@writers_only(Permission.IMPORT)
@takes(LARGEST + FORM_ITSELF)
def drafts(request: MemberRequest) -> HttpResponse:
    """Store uploaded files, ask for their trial, and redirect to its page."""
    mapping = request.FILES.get("own_mapping")
    try:
        choices = file_choices(request.POST, {})
        if mapping is not None:
            choices["mapping"] = OWN
        with transaction.atomic():
            upload = put_upload(
                workspace_id=request.workspace.id,
                files=request.FILES.getlist("file"),
                mapping=mapping,
                choices=choices,
                at=request.at,
                by=author_of(request),
            )
            status.ask_worker(upload)
    except (TooLarge, NotATable, BadMapping) as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    return redirect("import_draft", request.workspace.slug, upload.token)


@require_safe
@writers_only(Permission.IMPORT)
def draft(request: MemberRequest, token: str) -> HttpResponse:
    """Show the trial of an upload, or a worker's progress on it.

    An answer that is ready within two seconds is shown at once; otherwise the page polls for it.
    """
    upload = _upload(request, token)
    if status.is_stale(upload, request.at):
        status.ask_reading(upload, upload.choices, at=request.at)
    if not request.htmx:
        status.wait_for_answer(upload)
    if upload.status in status.ASKED:
        return _progress_page(request, upload)
    if upload.status == Status.IMPORTED:
        return _to_import(request, upload)
    if request.htmx:
        return HttpResponseClientRedirect(request.get_full_path())
    return _trial_page(request, upload)


@require_POST
@writers_only(Permission.IMPORT)
def readings(request: MemberRequest, token: str) -> HttpResponse:
    """Have an upload read again, by what the form says about it."""
    upload = _upload(request, token)
    try:
        choices = _choices(request.POST, upload)
    except BadMapping as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    status.ask_reading(upload, choices, at=request.at)
    return redirect("import_draft", request.workspace.slug, token)


@require_POST
@writers_only(Permission.IMPORT)
def confirmations(request: MemberRequest, token: str) -> HttpResponse:
    """Ask for the import of an upload as it was shown; a second request does nothing."""
    upload = _upload(request, token)
    try:
        choices = _choices(request.POST, upload)
    except BadMapping as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    shown = _choices(QueryDict(), upload)
    if {**choices, "name": ""} == {**shown, "name": ""}:
        status.ask_import(upload, choices, at=request.at)
    elif status.ask_reading(upload, choices, at=request.at):
        messages.warning(request, reader_text(UNSEEN))
    return redirect("import_draft", request.workspace.slug, token)


@require_POST
@writers_only(Permission.IMPORT)
def discards(request: MemberRequest, token: str) -> HttpResponse:
    """Delete an upload."""
    status.discard(_upload(request, token))
    messages.success(request, gettext("The files are deleted; nothing was imported."))
    return redirect("new_import", request.workspace.slug)


# --- mappings kept under a name -------------------------------------------------------------


@require_safe
@writers_only(Permission.IMPORT)
def sheet_mapping(request: MemberRequest, number: int) -> HttpResponse:
    """Download a mapping of a sheet as YAML."""
    found = _mapping(request, number)
    text = yaml.safe_dump(found.document, allow_unicode=True, sort_keys=False)
    answer = HttpResponse(text, content_type="application/yaml")
    answer["Content-Disposition"] = 'attachment; filename="mapping.yaml"'
    return answer


@require_POST
@writers_only(Permission.IMPORT)
def mapping_deletions(request: MemberRequest, number: int) -> HttpResponse:
    """Delete a mapping of a sheet; what was imported with it stays."""
    found = _mapping(request, number)
    found.delete()
    record_action(
        workspace_id=request.workspace.id,
        what="delete sheet mapping",
        subject=f"mapping:{number}",
        at=request.at,
        by=author_of(request),
    )
    messages.success(request, gettext("The mapping is deleted; what was imported stays."))
    return redirect("new_import", request.workspace.slug)


def _mapping(request: MemberRequest, number: int) -> SheetMapping:
    found = SheetMapping.objects.filter(workspace_id=request.workspace.id, pk=number).first()
    if found is None:
        raise Http404
    return found


# --- what a worker does, as the page sees it ------------------------------------------------


def _progress_page(request: MemberRequest, upload: Upload) -> HttpResponse:
    context = {
        "upload": upload,
        "is_import": upload.status == Status.IMPORTING,
        "nobody_works": not status.has_workers(),
        "here": request.get_full_path(),
    }
    template = "importers/_under_way.html" if request.htmx else "importers/under_way.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _trial_page(request: MemberRequest, upload: Upload) -> HttpResponse:
    broken = reader_text(BROKEN) if upload.status == Status.BROKEN else ""
    context = {
        "upload": upload,
        "trial": load_trial(upload),
        "is_read": upload.status == Status.READ,
        "is_by_columns": upload.choices.get("mapping") == BY_COLUMNS,
        "refusal": (upload.refusal or {}).get(reader_language(), "") or broken,
        "most_shown": A_PAGE,
        "own_mapping": own_mapping(upload),
        "is_sheet": is_sheet(upload),
    }
    return render(request, "importers/draft.html", context | _mapping_choices(upload.choices))


def _to_import(request: MemberRequest, upload: Upload) -> HttpResponse:
    assert upload.batch_id is not None
    messages.success(request, gettext("Import %(n)s is in.") % {"n": upload.batch_id})
    if upload.counts.get("became_real"):
        messages.warning(
            request,
            gettext("This workspace now holds real data: only its members can read it."),
        )
    address = reverse("import", args=[request.workspace.slug, upload.batch_id])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


# --- the form -------------------------------------------------------------------------------


def _form(request: MemberRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "may_import": may(request.member, Permission.IMPORT),
        "largest_mb": LARGEST_MB,
        "kept": SheetMapping.objects.filter(workspace_id=request.workspace.id).order_by("name"),
        **_mapping_choices(request.POST.dict()),
        **more,
    }
    return render(request, "importers/new.html", context, status=status)


def _mapping_choices(chosen: dict[str, Any]) -> dict[str, Any]:
    said = {name: chosen.get(name, "") for name in ("mapping", "zone", "ours")}
    return {
        "mappings": queries.mappings(),
        "zones": sorted(zone_names()),
        "own": OWN,
        "by_columns": BY_COLUMNS,
        **said,
    }


def _choices(form: QueryDict, upload: Upload) -> dict[str, Any]:
    """Return the choices of a posted form; as they were shown where it says nothing.

    Raises: BadMapping.
    """
    chosen = form.get("mapping", upload.choices.get("mapping", ""))
    if chosen == BY_COLUMNS and upload.choices.get("mapping") == BY_COLUMNS:
        return sheet_choices(form, load_trial(upload), upload.choices)
    return file_choices(form, upload.choices)


def _upload(request: MemberRequest, token: str) -> Upload:
    try:
        return find_upload(
            token, workspace_id=request.workspace.id, by=author_of(request), at=request.at
        )
    except NoSuchUpload as error:
        raise Http404 from error
