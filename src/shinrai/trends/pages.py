"""The page of trends: what rose, and what most customers ask about, as the worker prepared it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.trends.models import PreparedTrends
from shinrai.trends.rules.ranking import WEEKS

BY: dict[str, Promise] = {
    "topic": _("Topics"),
    "area": _("Product areas"),
    "release": _("Releases"),
    "account": _("Accounts"),
}
DAYS = 7 * WEEKS


@dataclass(frozen=True)
class RankRow:
    """A row of a ranking, its name for the reader, and the list of cases behind it."""

    name: str
    found: dict[str, Any]
    href: str
    words: list[dict[str, Any]]

    @property
    def silent(self) -> int | None:
        """Return how many were seen to be affected and never wrote; None where that is unknown."""
        return (self.found["silent"] or {}).get("silent")

    @property
    def per_thousand(self) -> float | None:
        """Return the customers a week per thousand active persons; None without usage."""
        share = self.found["per_active_person"]
        return None if share is None else 1000 * share

    @property
    def loudest(self) -> float:
        """Return the percentage of inquiries that the loudest customer wrote."""
        return 100 * float(self.found["loudest_share"])


RANKING = ListSpec[RankRow](
    name="trends",
    columns=(
        ListColumn("name", _("Name"), lambda row: row.name, is_sortable=True),
        ListColumn(
            "customers", _("Customers"), lambda row: row.found["customers"], True, is_number=True
        ),
        ListColumn(
            "a_week",
            _("A week, per 1,000 active"),
            lambda row: row.per_thousand,
            True,
            is_number=True,
        ),
        ListColumn(
            "inquiries", _("Inquiries"), lambda row: row.found["inquiries"], True, is_number=True
        ),
        ListColumn(
            "loudest",
            _("Loudest customer"),
            lambda row: row.found["loudest_share"],
            True,
            is_number=True,
        ),
        ListColumn(
            "effective",
            _("As if of"),
            lambda row: row.found["effective_customers"],
            True,
            is_number=True,
        ),
        ListColumn(
            "silent", _("Affected and silent"), lambda row: row.silent, True, is_number=True
        ),
        ListColumn(
            "words",
            _("New words"),
            lambda row: ", ".join(one["word"] for one in row.words),
            is_shown=False,
        ),
    ),
    row="trends/_ranked.html",
    usual="-customers",
    a_page=25,
    classes="cards pairs board",
    anchor="ranking",
)


@require_safe
@members_only
def trends(request: MemberRequest) -> HttpResponseBase:
    """Show what rose in four weeks, with evidence, and a ranking by customers."""
    prepared = PreparedTrends.objects.filter(workspace_id=request.workspace.id).first()
    found = prepared.document if prepared else {"ranked": {}, "rises": [], "floods": []}
    chosen = request.GET.get("by", "")
    by = chosen if chosen in BY else "topic"
    book = codebook(workspace_id=request.workspace.id)
    words = found.get("words", {}) if by == "topic" else {}
    rows = [
        RankRow(
            _topic(one["key"], book) if by in ("topic", "area") else one["key"],
            one,
            _cases(request, one["key"] if by == "topic" else "", found.get("on"))
            if by == "topic"
            else "",
            words.get(one["key"], []),
        )
        for one in found["ranked"].get(by, ())
    ]
    spec = RANKING
    if by != "topic":
        shown = tuple(one for one in RANKING.columns if one.key not in ("silent", "words"))
        spec = replace(RANKING, columns=shown)
    listing = recorded_list(request, spec, memory_source(rows, spec))
    if not isinstance(listing, ListPage):
        return listing
    if words or any(one["words"] for one in found["rises"]):
        record_view(
            workspace_id=request.workspace.id,
            what="words of trends",
            subject=f"workspace:{request.workspace.id}",
            at=request.at,
            by=author_of(request),
        )
    context = {
        "prepared_at": prepared and prepared.prepared_at,
        "found": found,
        "rises": [_rise(request, one, book) for one in found["rises"]],
        "floods": [one | {"name": _topic(one["topic"], book)} for one in found["floods"]],
        "list": listing,
        "by": by,
        "choices": [(key, title, key == by) for key, title in BY.items()],
    }
    return render(request, "trends/trends.html", context)


def _rise(request: MemberRequest, one: dict[str, Any], book: Codebook) -> dict[str, Any]:
    first, last = date.fromisoformat(one["first_on"]), date.fromisoformat(one["last_on"])
    return one | {
        "name": _topic(one["topic"], book),
        "first": first,
        "last": None if first == last else last,
        "is_weekly": one["method"] == "farrington",
        "href": _address(request, one["topic"], first, last),
    }


def _topic(key: str, book: Codebook) -> str:
    return str(reader_text(book.name(key)))


def _cases(request: MemberRequest, topic: str, on: str | None) -> str:
    if not on:
        return ""
    last = date.fromisoformat(on)
    return _address(request, topic, last - timedelta(days=DAYS - 1), last)


def _address(request: MemberRequest, topic: str, first: date, last: date) -> str:
    """Return the address of the list of inquiries about a topic between two dates."""
    asked = {"release": "all", "topic": topic, "mode": "", "from": f"{first}", "to": f"{last}"}
    return f"{reverse('release_cases', args=[request.workspace.slug])}?{urlencode(asked)}"
