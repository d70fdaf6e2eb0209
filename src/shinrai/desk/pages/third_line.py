"""The third line's inbox: the first page of a product engineer."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.console.lists import (
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_text
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.third_line import ThirdLineCase, third_line

NONE = "none"  # of an address: the cases that name no version, or have no topic
CASES = ListSpec[ThirdLineCase](
    name="third-line",
    columns=(
        ListColumn("case", _("Case"), lambda one: one.row.case_key, True),
        ListColumn("kind", _("Kind"), lambda one: one.row.record, is_shown=False),
        ListColumn("title", _("What it is about"), lambda one: one.row.title, is_shown=False),
        ListColumn("due", _("Due"), lambda one: one.row.due_at, True),
        ListColumn("version", _("Version"), lambda one: one.facts["version"], True),
        ListColumn("screen", _("Screen"), lambda one: one.facts["screen"], True),
        ListColumn("device", _("Device"), lambda one: one.facts["device"], True),
        ListColumn("last_failure", _("Last failure"), lambda one: one.facts["last_failure"], True),
        ListColumn("asker", _("Asked by"), lambda one: one.asker, True),
        ListColumn("since", _("With us since"), lambda one: one.ask.since, True),
        ListColumn(
            *("topic", _("Topic")),
            lambda one: one.row.topic_name and reader_text(one.row.topic_name),
            is_shown=False,
        ),
        ListColumn("links", _("Evidence"), lambda one: " ".join(one.links), is_shown=False),
    ),
    row="desk/_third_line_case.html",
    classes="cards board",
)


@require_safe
@members_only
def inbox(request: MemberRequest) -> HttpResponseBase:
    """List what product engineers hold or are asked about, with what is needed to reproduce it."""
    found = third_line(queue_place(request.workspace, request.member, at=request.at), at=request.at)
    versions = {one.version or NONE: one.version or gettext("no version named") for one in found}
    topics = {
        one.row.about.topic or NONE: reader_text(one.row.topic_name)
        if one.row.topic_name
        else gettext("no topic")
        for one in found
    }
    filters = [
        ListFilter(key, title, sorted(known.items(), key=lambda one: (one[0] == NONE, one[1])))
        for key, title, known in (
            ("version", _("Version"), versions),
            ("topic", _("Topic"), topics),
        )
    ]
    asked = {one.key: request.GET.get(one.key, "") for one in filters}
    rows = [
        one
        for one in found
        if asked["version"] in ("", one.version or NONE) or asked["version"] not in versions
        if asked["topic"] in ("", one.row.about.topic or NONE) or asked["topic"] not in topics
    ]
    seen = ShownCases[ThirdLineCase]("words in the third line", lambda one: one.row.case_id)
    source = memory_source(rows, CASES, words=_words)
    listing = recorded_list(request, CASES, source, filters, seen)
    if not isinstance(listing, ListPage):
        return listing
    late = sum(one.row.group == "late" for one in found)
    due = next((one for one in found if one.row.due_at and one.row.group != "late"), None)
    context = {"list": listing, "count": len(found), "late": late, "next": due}
    context["held"] = sum(one.ask.is_held for one in found)
    return render(request, "desk/third_line.html", context)


def _words(one: ThirdLineCase) -> str:
    told = " ".join(step.words for step in one.told)
    return " ".join((one.row.case_key, one.row.title, one.asker, *one.facts.values(), told))
