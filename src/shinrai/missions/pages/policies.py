"""The page of policies: which hold, and comparing two by learners drawn by a hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.missions.operations.declarations import compare_policies
from shinrai.missions.queries.lists import ComparisonRecord, comparison_records
from shinrai.missions.rules.recommendation import POLICIES, USUAL
from shinrai.units.errors import UserError

MOST_NAME: Final = 80
POLICY_WORDS: Final = {
    "review-first": _("Review first"),
    "next-first": _("New things first"),
}


@dataclass(frozen=True)
class ComparisonRow:
    """Which policies hold since a moment, with their names."""

    record: ComparisonRecord
    policies: str


COMPARISONS = ListSpec[ComparisonRow](
    name="missions-policies",
    columns=(
        ListColumn("name", _("Name"), lambda row: row.record.name, True),
        ListColumn("policies", _("Policies"), lambda row: row.policies),
        ListColumn("since", _("Since"), lambda row: row.record.since, True),
    ),
    row="missions/_policy.html",
    usual="-since",
)


def policy_words(policies: Sequence[str]) -> str:
    """Return the names of policies."""
    return " / ".join(str(POLICY_WORDS.get(one, one)) for one in policies)


@require_safe
@members_only
def missions_policies(request: MemberRequest) -> HttpResponseBase:
    """List which policies held since when, and the form for another comparison."""
    return _shown(request)


@require_POST
@writers_only(Permission.PROMISE)
def change_policies(request: MemberRequest) -> HttpResponseBase:
    """Compare policies from now on; one alone holds for all."""
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:MOST_NAME]
    chosen = request.POST.getlist("policy")[: len(POLICIES) + 1]
    try:
        compare_policies(
            workspace_id=request.workspace.id,
            name=name or f"{request.at:%Y-%m-%d}",
            policies=chosen,
            at=request.at,
            by=author_of(request),
        )
    except UserError as error:
        return _shown(request, name=name, chosen=chosen, wrong=reader_text(error.text))
    messages.success(request, gettext("Declared: it holds from the next day of each learner."))
    return redirect("missions_policies", request.workspace.slug)


def _shown(
    request: MemberRequest, *, name: str = "", chosen: Sequence[str] = (), wrong: str = ""
) -> HttpResponseBase:
    found = comparison_records(request.workspace.id)
    rows = [ComparisonRow(one, policy_words(one.policies)) for one in found]
    listing = recorded_list(request, COMPARISONS, memory_source(rows, COMPARISONS))
    if not isinstance(listing, ListPage):
        return listing
    now = found[0].policies if found else (USUAL,)
    context = {
        "list": listing,
        "now": policy_words(now),
        "are_compared": len(now) > 1,
        "policies": [(one, POLICY_WORDS[one], one in (chosen or POLICIES)) for one in POLICIES],
        "typed_name": name,
        "wrong": wrong,
        "may_change": may(request.member, Permission.PROMISE),
    }
    return render(request, "missions/policies.html", context, status=422 if wrong else 200)
