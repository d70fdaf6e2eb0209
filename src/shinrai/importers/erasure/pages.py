"""The page that erases a customer: what would be deleted, and the button."""

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
from shinrai.importers.erasure.messages import backup_words, found_words, log_words
from shinrai.importers.erasure.operations import CustomerName, UnknownCustomer, erase, find_person
from shinrai.importers.run.errors import RetryLater
from shinrai.privacy.rules.masking import mask


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.ERASE)
def erasures(request: MemberRequest, number: int) -> HttpResponse:
    """Show what erasing a customer deletes; erase them if the box is ticked."""
    found = customer_by_number(workspace_id=request.workspace.id, number=number)
    if found is None:
        raise Http404
    context = {"number": number, "source": found.source, "is_erased": found.identifier is None}
    if found.identifier is None:
        return render(request, "importers/erasure.html", context)
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
    return render(request, "importers/erasure.html", context, status=status)
