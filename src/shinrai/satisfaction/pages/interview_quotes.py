"""The page of quotes by need: each as far and as long as its person consents."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.satisfaction.operations.interviews import (
    declare_need,
)
from shinrai.satisfaction.queries.interviews import (
    InterviewQuote,
    interview_quotes,
    need_counts,
    needs,
)
from shinrai.satisfaction.rules.interview import (
    scope_text,
)
from shinrai.topics.queries import codebook
from shinrai.units.errors import UserError

QUOTES: Final = ListSpec[InterviewQuote](
    name="interview_quotes",
    columns=(
        ListColumn("words", _("Quote"), lambda row: row.words),
        ListColumn("need", _("Need"), lambda row: row.need, is_sortable=True),
        ListColumn("round", _("Round"), lambda row: row.round, is_sortable=True),
        ListColumn("scope", _("Consent"), lambda row: reader_text(scope_text(row.consent))),
        ListColumn(
            "until",
            _("Consent until"),
            lambda row: row.consent.until if row.consent else None,
            is_sortable=True,
        ),
    ),
    row="satisfaction/_interview_quote.html",
    classes="cards quotes",
)


@require_http_methods(["GET", "HEAD"])
@never_cache
@members_only
def interview_quotes_page(request: MemberRequest) -> HttpResponseBase:
    """List quotes by need, each with the consent it rests on; whoever reads them is recorded."""
    return _quotes_page(request)


@require_POST
@writers_only(Permission.PROMISE)
def need_deeds(request: MemberRequest) -> HttpResponseBase:
    """Write down a need."""
    typed = {
        name: request.POST.get(name, "").replace("\0", "").strip()
        for name in ("key", "sentence", "topic")
    }
    try:
        declare_need(
            workspace_id=request.workspace.id, **typed, at=request.at, by=author_of(request)
        )
    except UserError as error:
        return _quotes_page(request, typed, reader_text(error.text))
    messages.success(request, gettext("The need is written down."))
    return redirect("interview_quotes", request.workspace.slug)


def _quotes_page(
    request: MemberRequest, typed: Mapping[str, str] | None = None, wrong: str = ""
) -> HttpResponseBase:
    there = request.workspace
    known = needs(workspace_id=there.id)
    need, use = request.GET.get("need", ""), request.GET.get("use", "")
    record_view(
        workspace_id=there.id,
        what="words of interviews",
        subject=f"workspace:{there.id}",
        at=request.at,
        by=author_of(request),
    )
    everything = interview_quotes(workspace_id=there.id, at=request.at)
    shown = everything
    if use == "outside":
        shown = interview_quotes(workspace_id=there.id, at=request.at, outside=True)
    shown = [one for one in shown if need not in known or one.need == need]
    filters = (
        ListFilter("need", _("Need"), [(key, one.sentence) for key, one in known.items()]),
        ListFilter("use", _("For use"), [("outside", gettext("outside the company"))]),
    )
    page = recorded_list(request, QUOTES, memory_source(shown, QUOTES), filters)
    if not isinstance(page, ListPage):
        return page
    counts = need_counts(everything)
    open_counts = need_counts(one for one in everything if one.words is not None)
    topics = {one.key: reader_text(one.name) for one in codebook(workspace_id=there.id).in_use}
    context = {
        "list": page,
        "needs": [
            (one, *counts.get(key, (0, 0)), open_counts.get(key, (0, 0))[0])
            for key, one in known.items()
        ],
        "sentences": {key: one.sentence for key, one in known.items()},
        "topics": topics,
        "typed": typed or {},
        "wrong": wrong,
        "may_set": may(request.member, Permission.PROMISE),
    }
    status = 422 if wrong else 200
    return render(request, "satisfaction/interview_quotes.html", context, status=status)
