"""The form of a declaration: checked as often as one likes, then declared, or amended."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.initiatives.operations.steps import (
    AmendRequest,
    InitiativeRefused,
    amend_initiative,
    checked_declaration,
    declare_initiative,
    declare_not_measured,
)
from shinrai.initiatives.pages.asker import asker_of
from shinrai.initiatives.pages.fields import (
    SECTIONS,
    beginning,
    choices,
    fields_of,
    typed_in,
    typed_of,
)
from shinrai.initiatives.queries.records import UnknownInitiative, initiative_named, initiatives
from shinrai.initiatives.rules.declaration import BadInitiative

USUAL: Final = timedelta(weeks=8)
# Where a form shows what is wrong with a field that it asks in parts.
SHOWN_AT: Final = {"only": "value"}


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_initiative(request: MemberRequest) -> HttpResponse:
    """Show the form; say how long a drafted initiative takes, declare it, or do not measure it."""
    asker = asker_of(request)
    tomorrow = asker.today + timedelta(days=1)
    if request.method != "POST":
        owner = request.member.display_name if request.member else ""
        return _form(request, beginning(owner, tomorrow, asker.today + USUAL))
    typed = typed_in(request.POST.dict())
    if not typed["key"]:
        typed["key"] = f"initiative-{len(initiatives(asker.workspace, today=asker.today)) + 1}"
    deed, by = request.POST.get("deed", ""), author_of(request)
    try:
        if deed == "not_measured":
            declare_not_measured(asker, typed, by=by)
        elif deed == "declare":
            declare_initiative(asker, fields_of(typed), by=by)
        else:
            _asked, power = checked_declaration(asker, fields_of(typed))
            return _form(request, typed, power=power)
    except BadInitiative as error:
        return _form(request, typed, error=error)
    messages.success(request, gettext("Declared. Its hash is in the audit."))
    return redirect("initiative", asker.workspace.slug, typed["key"])


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def amend(request: MemberRequest, key: str) -> HttpResponse:
    """Show the declaration to be amended; after the start that lowers the grade, and it says so."""
    asker = asker_of(request)
    try:
        found = initiative_named(asker.workspace, key, today=asker.today)
    except UnknownInitiative as error:
        raise Http404 from error
    if found.declaration is None or found.closed is not None:
        return redirect("initiative", asker.workspace.slug, key)
    if request.method != "POST":
        return _form(request, {**typed_of(found.declaration), "reason": ""}, found=found)
    typed = {**typed_in(request.POST.dict()), "key": key}
    asked = AmendRequest(key, fields_of(typed), typed["reason"])
    try:
        amended = amend_initiative(asker, asked, by=author_of(request))
    except BadInitiative as error:
        return _form(request, typed, found=found, error=error)
    except InitiativeRefused as error:
        return _form(request, typed, found=found, refused=reader_text(error.text))
    words = gettext("Amended.")
    if amended.amendments[-1].lowers:
        words = gettext("Amended after its start: the grade is lower now.")
    messages.success(request, words)
    return redirect("initiative", asker.workspace.slug, key)


def _form(request: MemberRequest, typed: dict[str, str], **said: Any) -> HttpResponse:
    error = said.pop("error", None)
    wrong = {}
    if error is not None:
        wrong[SHOWN_AT.get(error.field, error.field)] = reader_text(error.text)
    asked = choices()
    context = {
        "sections": [
            (title, [(one, typed.get(one.key, ""), wrong.get(one.key), asked.get(one.key))
                     for one in fields])
            for title, fields in SECTIONS
        ],
        "typed": typed,
        "wrong": wrong,
        "refused": said.pop("refused", ""),
        **said,
    }  # fmt: skip
    status = 422 if wrong or context["refused"] else 200
    return render(request, "initiatives/form.html", context, status=status)
