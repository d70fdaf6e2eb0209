"""The pages that erase: one customer at once, and all words some months after their case ended."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import language_of
from shinrai.customers.queries import customer_by_number
from shinrai.erasure.operations.persons import CustomerName, UnknownCustomer, erase, find_person
from shinrai.erasure.operations.retention import preview, set_retention
from shinrai.erasure.rules.messages import backup_words, found_words, log_words
from shinrai.importers.run.errors import RetryLater
from shinrai.privacy.operations import open_keys, retention_of
from shinrai.privacy.rules.masking import mask
from shinrai.privacy.rules.retention import BadRetention, read_months


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.ERASE)
def erasures(request: MemberRequest, number: int) -> HttpResponse:
    """Show what erasing a customer deletes; erase them if the box is ticked."""
    found = customer_by_number(workspace_id=request.workspace.id, number=number)
    if found is None:
        raise Http404
    context = {"number": number, "source": found.source, "is_erased": found.identifier is None}
    if found.identifier is None:
        context["is_retained"] = bool(open_keys([found.key_id]))
        return render(request, "erasure/erasure.html", context)
    whom = CustomerName(request.workspace, found.source, found.identifier)
    is_asked = request.method == "POST"
    if is_asked and request.POST.get("sure") == "yes":
        try:
            done = erase(whom, at=request.at, by=author_of(request))
        except (UnknownCustomer, RetryLater) as error:
            messages.error(request, reader_text(error.text))
        else:
            log = log_words(bool(done.is_off_disk))[language_of(get_language())]
            kept = backup_words(done.backups_until, zone=request.workspace.zone)
            said = (gettext("Erased for good."), log, reader_text(kept))
            messages.success(request, " ".join(said))
        return redirect("erasure", request.workspace.slug, number)
    told = find_person(whom, at=request.at)
    language = language_of(get_language())
    context |= {
        "who": mask(found.identifier),
        "found": [(words[language], count) for words, count in found_words(told.found)],
        "backups": backup_words(told.backups_until, zone=request.workspace.zone),
        "is_unsure": is_asked,
    }
    status = 422 if is_asked else 200
    return render(request, "erasure/erasure.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.ERASE)
def retention(request: MemberRequest) -> HttpResponse:
    """Show for how long words stay, and what another period would erase; set it."""
    there, at = request.workspace.id, request.at
    kept = retention_of(workspace_id=there)
    typed = request.POST.get("months") or request.GET.get("months", "")
    context: dict[str, object] = {"kept": kept, "typed": typed or (kept.months if kept else "")}
    try:
        months = read_months(typed) if typed else None
    except BadRetention as error:
        context["wrong"] = reader_text(error.text)
        return render(request, "erasure/retention.html", context, status=422)
    if request.method == "POST":
        set_retention(workspace_id=there, months=months, at=at, by=author_of(request))
        told = gettext("Words stay until they are erased by hand.")
        if months is not None:
            told = gettext("Saved. The next night erases what is due, and the audit says how many.")
        messages.success(request, told)
        return redirect("retention", request.workspace.slug)
    if months is not None:
        context |= {"months": months, "shown": preview(workspace_id=there, months=months, at=at)}
    return render(request, "erasure/retention.html", context)
