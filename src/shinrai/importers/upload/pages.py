"""Pages of uploads: upload, trial, a worker's progress, import and deletion."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_names
from shinrai.console.lists import A_PAGE
from shinrai.console.pages import takes
from shinrai.console.reader import reader_language, reader_text
from shinrai.importers import queries
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.upload.inbox import (
    LARGEST,
    LARGEST_MB,
    Draft,
    NoSuchDraft,
    NotATable,
    TooLarge,
    the_inbox,
)
from shinrai.importers.upload.job import (
    FRESH,
    OWN,
    UploadJob,
    check_name,
    earlier_job,
    forget_import,
    has_workers,
    new_job,
    put_job,
    requested_import,
)
from shinrai.importers.upload.result import UploadResult, result_of, wait_for_result
from shinrai.importers.upload.status import status_of
from shinrai.units.text import Text

CHOICES = ("mapping", "zone", "ours")
FORM_ITSELF = 1024 * 1024  # a mapping of one's own, and what a form puts around its files
BROKEN = Text("Something of ours broke while reading these files. The log says what; they wait on.")


@require_safe
@members_only
def new_import(request: MemberRequest) -> HttpResponse:
    """Show the form to upload a sheet; people who may not import see who may."""
    return _form(request, {})


@require_POST
@writers_only(Permission.IMPORT)
@takes(LARGEST + FORM_ITSELF)
def drafts(request: MemberRequest) -> HttpResponse:
    """Store uploaded files, request their trial, and redirect to its page."""
    mapping = request.FILES.get("own_mapping")
    chosen = _read(request.POST)
    try:
        check_name(chosen["mapping"])
        kept = the_inbox().put(
            workspace_id=request.workspace.id,
            files=request.FILES.getlist("file"),
            mapping=mapping,
            at=request.at,
            by=author_of(request),
        )
    except (TooLarge, NotATable, BadMapping) as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    if mapping is not None:
        chosen["mapping"] = OWN
    _asked_trial(request, kept, chosen)
    return redirect(_address(request, kept.token, chosen))


@require_safe
@writers_only(Permission.IMPORT)
def draft(request: MemberRequest, token: str) -> HttpResponse:
    """Show the trial of an upload, or a worker's progress on it.

    A result that is ready within two seconds is shown at once; otherwise the page polls for it.
    """
    found = _draft(request, token)
    importing = requested_import(found)
    if importing is not None:
        result = _result(request, importing, found)
        return (
            _to_import(request, found, importing, result)
            if result
            else _status_page(request, found, importing)
        )
    chosen = _read(request.GET)
    try:
        check_name(chosen["mapping"])
    except BadMapping as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    job = _asked_trial(request, found, chosen)
    result = _result(request, job, found)
    if result is None:
        return _status_page(request, found, job)
    if request.htmx:
        return HttpResponseClientRedirect(request.get_full_path())
    context = {
        "draft": found,
        "trial": result,
        "refusal": _refusal_words(result),
        "most_shown": A_PAGE,
    }
    return render(request, "importers/draft.html", context | _choices(chosen))


@require_POST
@writers_only(Permission.IMPORT)
def confirmations(request: MemberRequest, token: str) -> HttpResponse:
    """Request the import of an upload; a second request does nothing."""
    found = _draft(request, token)
    chosen = _read(request.POST)
    try:
        check_name(chosen["mapping"])
    except BadMapping as error:
        return _form(request, {"wrong": reader_text(error.text)}, status=422)
    if requested_import(found) is None:
        put_job(_job(request, "import", found, chosen), found)
    return redirect(_address(request, token, chosen))


@require_POST
@writers_only(Permission.IMPORT)
def discards(request: MemberRequest, token: str) -> HttpResponse:
    """Delete an upload."""
    the_inbox().delete(_draft(request, token))
    messages.success(request, gettext("The files are deleted; nothing was imported."))
    return redirect("new_import", request.workspace.slug)


# --- what a worker does, as the page sees it ------------------------------------------------


def _asked_trial(request: MemberRequest, draft: Draft, chosen: dict[str, str]) -> UploadJob:
    """Return the trial with these choices; request a new one if there is none, or an old one."""
    job = _job(request, "trial", draft, chosen)
    before = earlier_job(job, draft)
    if before is not None:
        result = result_of(before, draft)
        if request.at - before.at <= FRESH or (result is not None and result.is_final):
            return before
    put_job(job, draft)
    return job


def _result(request: MemberRequest, job: UploadJob, draft: Draft) -> UploadResult | None:
    """Return the result of a job, after a short wait unless the page is polling."""
    return result_of(job, draft) if request.htmx else wait_for_result(job, draft)


def _status_page(request: MemberRequest, draft: Draft, job: UploadJob) -> HttpResponse:
    context = {
        "draft": draft,
        "job": job,
        "status": status_of(job, draft),
        "nobody_works": not has_workers(),
        "here": request.get_full_path(),
    }
    template = "importers/_under_way.html" if request.htmx else "importers/under_way.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _to_import(
    request: MemberRequest, draft: Draft, job: UploadJob, result: UploadResult
) -> HttpResponse:
    """Redirect to the import, or back to the trial if the import was refused."""
    if result.batch is None:
        forget_import(draft)
        messages.error(request, _refusal_words(result))
        chosen = {name: getattr(job, name) for name in CHOICES}
        address = _address(request, draft.token, chosen)
    else:
        messages.success(request, gettext("Import %(n)s is in.") % {"n": result.batch})
        if result.became_real:
            messages.warning(
                request,
                gettext("This workspace now holds real data: only its members can read it."),
            )
        address = reverse("import", args=[request.workspace.slug, result.batch])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _refusal_words(result: UploadResult) -> str:
    if result.is_broken:
        return reader_text(BROKEN)
    return (result.refusal or {}).get(reader_language(), "")


def _job(request: MemberRequest, kind: Any, draft: Draft, chosen: dict[str, str]) -> UploadJob:
    return new_job(kind, draft, **chosen, at=request.at, by=author_of(request))


# --- the form -------------------------------------------------------------------------------


def _form(request: MemberRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    chosen = _choices(_read(request.POST))
    context = {
        "may_import": may(request.member, Permission.IMPORT),
        "largest_mb": LARGEST_MB,
        **chosen,
        **more,
    }
    return render(request, "importers/new.html", context, status=status)


def _choices(chosen: dict[str, str]) -> dict[str, Any]:
    return {"mappings": queries.mappings(), "zones": sorted(zone_names()), "own": OWN, **chosen}


def _read(form: QueryDict) -> dict[str, str]:
    """Return the choices of the form: mapping, time zone, and our own mail addresses."""
    return {name: str(form.get(name, "")) for name in CHOICES}


def _draft(request: MemberRequest, token: str) -> Draft:
    try:
        return the_inbox().draft(
            token, workspace_id=request.workspace.id, by=author_of(request), at=request.at
        )
    except NoSuchDraft as error:
        raise Http404 from error


def _address(request: MemberRequest, token: str, chosen: dict[str, str]) -> str:
    address = reverse("import_draft", args=[request.workspace.slug, token])
    asked = urlencode({name: said for name, said in chosen.items() if said})
    return f"{address}?{asked}" if asked else address
