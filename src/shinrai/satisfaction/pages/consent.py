"""The page of one invitation: say yes or no to an interview, and later take everything back.

Nobody signs in here; whoever has the link is the person, as with a mail.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import workspace_numbered
from shinrai.console.reader import reader_language, reader_text
from shinrai.satisfaction.operations.interviews import InterviewEntry, record_interview_step
from shinrai.satisfaction.queries.interviews import ClosedInterview, read_invitation
from shinrai.satisfaction.rules.interview import (
    GIVEN_BY,
    MOST_DAYS,
    SCOPE_WORDS,
    SCOPES,
    BadInterview,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.rules.periods import today

DEEDS = {"yes": "consented", "no": "declined", "withdraw": "withdrawn"}
CHOOSE = Text("Choose yes or no.")
LINK = "link"  # who recorded it: the person, at their link


@csrf_exempt  # the link is the key; no cookie is read
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def consent_page(request: Any, token: str) -> HttpResponse:
    """Show what is asked of a person, and record what they decide."""
    wished = request.GET.get("lang", "")
    language = wished if wished in ("en", "ja") else translation.get_language() or "en"
    with translation.override(language):
        return _consent(request, token)


def _consent(request: Any, token: str) -> HttpResponse:
    try:
        there, found = read_invitation(token, at=request.at)
    except ClosedInterview as error:
        said = {"said": reader_text(error.text)}
        return render(request, "satisfaction/said.html", said, status=410)
    workspace = workspace_numbered(there.workspace_id)
    on, wrong = today(workspace.zone, request.at), ""
    if request.method == "POST":
        given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("until", "given_by")}
        given |= {"scope": request.POST.getlist("scope"), "how": "link"}
        kind = DEEDS.get(request.POST.get("what", ""), "")
        entry = InterviewEntry(there.workspace_id, there.key, found.person, kind, given)
        try:
            if not kind:
                raise BadInterview(CHOOSE)
            record_interview_step(entry, at=request.at, by=LINK)
            return redirect(f"{request.path}?lang={reader_language()}")
        except UserError as error:
            wrong = reader_text(error.text)
    consent = found.standing.consent
    context = {
        "form": there.form,
        "company": workspace.name,
        "standing": found.standing,
        "is_ended": found.is_ended,
        "agreed": [reader_text(SCOPE_WORDS[one]) for one in consent.scope] if consent else [],
        "scopes": [(key, reader_text(text)) for key, text in SCOPES.items()],
        "given_by": [(key, reader_text(text)) for key, text in GIVEN_BY.items()],
        "typed": request.POST,
        "typed_scope": request.POST.getlist("scope"),
        "until": request.POST.get("until") or f"{on + timedelta(days=there.form.keep_days)}",
        "today": f"{on}",
        "latest": f"{on + timedelta(days=MOST_DAYS)}",
        "wrong": wrong,
        "other": "en" if reader_language() == "ja" else "ja",
        "language": reader_language(),
    }
    return render(request, "satisfaction/consent.html", context, status=422 if wrong else 200)
