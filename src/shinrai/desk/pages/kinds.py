"""The page of the kinds of investigation: the facts that each asks for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.kinds import retire_kind, save_kind
from shinrai.desk.queries.kinds import UnknownKind, kind_named, kinds_of
from shinrai.desk.rules.case_facts import (
    KNOWN,
    AskedFact,
    BadFiling,
    CaseFact,
    CaseKind,
    read_kind,
)

NEW = "new"
BLANK = 3  # fields for facts of one's own, beside those there are
MOST_OWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def kinds(request: MemberRequest) -> HttpResponse:
    """List the kinds of investigation; change, add or retire one."""
    there = request.workspace
    given = request.POST if request.method == "POST" else request.GET
    key = given.get("kind", "")
    context: dict[str, Any] = {"is_new": key == NEW, "wrong": {}}
    try:
        kind = CaseKind("", "") if key == NEW else None
        if key and kind is None:
            kind = kind_named(workspace_id=there.id, key=key, also_retired=True)
        context["kind"] = kind
        if kind is not None:
            context |= _fields(kind)
        if request.method == "POST" and kind is not None:
            context |= _typed(given)
            if (done := _done(request, kind)) is not None:
                messages.success(request, done)
                return redirect("investigation_kinds", there.slug)
    except UnknownKind as error:
        raise Http404 from error
    except BadFiling as error:
        context["wrong"] = {name or "all": reader_text(text) for name, text in error.wrong.items()}
    context["kinds"] = kinds_of(workspace_id=there.id, also_retired=True)
    status = 422 if context["wrong"] else 200
    return render(request, "desk/kinds.html", context, status=status)


def _done(request: MemberRequest, kind: CaseKind) -> str | None:
    """Save or retire a kind; return what was done. Raises: BadFiling."""
    workspace_id = request.workspace.id
    if request.POST.get("deed") == "retire":
        retire_kind(workspace_id=workspace_id, key=kind.key, at=request.at, by=author_of(request))
        return gettext("“%(name)s” is offered no longer.") % {"name": reader_text(kind.name)}
    asked = {key: request.POST.get(f"asked:{key}", "") for key in KNOWN}
    saved = read_kind(kind.key, request.POST.get("name", ""), asked, _own(request.POST))
    save_kind(workspace_id=workspace_id, kind=saved, at=request.at, by=author_of(request))
    return gettext("“%(name)s” is saved.") % {"name": reader_text(saved.name)}


def _own(given: QueryDict) -> list[AskedFact]:
    """Return the facts of one's own, as typed."""
    names = given.getlist("own")[:MOST_OWN]
    musts = given.getlist("own_must")
    return [
        AskedFact(CaseFact(name, name), musts[place : place + 1] == ["required"])
        for place, name in enumerate(names)
    ]


def _fields(kind: CaseKind) -> dict[str, Any]:
    """Return the fields of a kind as it is saved."""
    asked = {one.fact.key: "required" if one.is_required else "asked" for one in kind.facts}
    own = [(str(one.fact.name), one.is_required) for one in kind.facts if one.fact.key not in KNOWN]
    return {
        "name": reader_text(kind.name),
        "known": [(fact, asked.get(fact.key, "")) for fact in KNOWN.values()],
        "own": own + [("", True)] * BLANK,
    }


def _typed(given: QueryDict) -> dict[str, Any]:
    """Return the fields as they were typed."""
    return {
        "name": given.get("name", ""),
        "known": [(fact, given.get(f"asked:{fact.key}", "")) for fact in KNOWN.values()],
        "own": [(str(one.fact.name), one.is_required) for one in _own(given)],
    }
