"""Pages of findings: counted by topic, service or month, and the cases behind each count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import query_with
from shinrai.console.dates import PageDates, page_dates
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.desk.queries.titles import titles
from shinrai.desk.templatetags.names import VERDICT_WORDS
from shinrai.investigations.rules.kinds import VERDICTS
from shinrai.ledger.queries import steps_of
from shinrai.quality.queries.findings import (
    GROUPS,
    NOT_RECORDED,
    PARTS,
    Finding,
    FindingReport,
    defects_by_state,
    findings_between,
    grouped,
    narrowed,
    with_keys,
)
from shinrai.quality.queries.topics import hanging_topics
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook

GROUP_WORDS = {"topic": _("By topic"), "service": _("By service"), "month": _("By month")}
NONE_WORDS = {"topic": _("no topic"), "service": _("no service recorded"), "month": _("no month")}
DEFECT_WORDS = {
    "fixed": _("fixed"),
    "open": _("still open"),
    "linked": _("in a ticket"),
    NOT_RECORDED: _("not recorded"),
}


@dataclass(frozen=True)
class GroupRow:
    """The findings of a group by verdict, and the addresses of the cases behind each count."""

    name: str
    count: int
    href: str
    cells: tuple[tuple[str, str, int, str], ...]  # verdict, its words, count, address

    def of(self, place: int) -> int:
        """Return the number of findings of the n-th verdict."""
        return self.cells[place][2]


@dataclass(frozen=True)
class FindingRow:
    """A finding in the words of the list; the title is read for the rows of a page alone."""

    finding: Finding
    verdict: str
    topic: str
    defect: str
    title: str = ""


def _verdict_column(place: int, verdict: str) -> ListColumn[GroupRow]:
    words = VERDICT_WORDS[verdict]
    return ListColumn(verdict, words, lambda row: row.of(place), True, is_number=True)


SUMMARY = ListSpec[GroupRow](
    name="findings",
    columns=(
        ListColumn("group", _("Group"), lambda row: row.name, True),
        ListColumn("findings", _("Findings"), lambda row: row.count, True, is_number=True),
        *(_verdict_column(place, verdict) for place, verdict in enumerate(VERDICTS)),
    ),
    row="desk/_finding_group.html",
    classes="cards pairs findings",
)
CASES = ListSpec[FindingRow](
    name="finding-cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.finding.key, True),
        ListColumn("title", _("What it is about")),
        ListColumn("on", _("Found"), lambda row: row.finding.on, True),
        ListColumn("verdict", _("Finding"), lambda row: row.verdict, True),
        ListColumn("topic", _("Topic"), lambda row: row.topic, True),
        ListColumn("service", _("Service"), lambda row: row.finding.service, True),
        ListColumn("defect", _("What became of it"), lambda row: row.defect, True),
    ),
    row="desk/_finding.html",
    usual="-on",
    classes="cards pairs",
)


@require_safe
@members_only
def findings(request: MemberRequest) -> HttpResponseBase:
    """Count findings by topic, service or month, and say what became of defects."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    if dates.span is None:
        return render(request, "desk/findings.html", {"dates": dates}, status=422)
    by = request.GET.get("by", "")
    by = by if by in GROUPS else "topic"
    report, mode, mine = _asked_for(request, dates)
    book = codebook(workspace_id=request.workspace.id)
    address = reverse("finding_cases", args=[request.workspace.slug])
    asked = {"mode": mode, **dates.span.dates}
    rows = [
        GroupRow(
            name=_group_words(by, group.group, book),
            count=group.count,
            href=f"{address}?{urlencode(asked | {by: group.group or NOT_RECORDED})}",
            cells=tuple(
                (
                    verdict,
                    str(VERDICT_WORDS[verdict]),
                    count,
                    f"{address}?"
                    + urlencode(asked | {by: group.group or NOT_RECORDED, "verdict": verdict}),
                )
                for verdict, count in group.counts.items()
            ),
        )
        for group in grouped(mine, by)
    ]
    listing = recorded_list(
        request, SUMMARY, memory_source(rows, SUMMARY, words=lambda row: row.name)
    )
    if not isinstance(listing, ListPage):
        return listing
    leads = request.member is not None and may(request.member, Permission.AUDIT)
    people = members(workspace_id=request.workspace.id) if leads else ()
    context = {
        "report": report,
        "mine": mine,
        "list": listing,
        "groups": [(str(GROUP_WORDS[key]), query_with(request.GET, by=key, sort=None, page=None),
                    key == by) for key in GROUPS],
        "defects": [
            (state, str(DEFECT_WORDS[state]), count,
             f"{address}?{urlencode(asked | {'verdict': 'defect', 'defect': state})}")
            for state, count in defects_by_state(mine).items()
        ],
        "hanging": hanging_topics(workspace=request.workspace),
        "names": {member.key: member.display_name for member in people},
        "leads": leads,
        "book": book,
        "dates": dates,
        **_mode_links(request, report, mode),
    }  # fmt: skip
    return render(request, "desk/findings.html", context)


@require_safe
@members_only
def finding_cases(request: MemberRequest) -> HttpResponseBase:
    """List the cases behind a count of findings."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    if dates.span is None:
        return render(request, "desk/finding_cases.html", {"dates": dates}, status=422)
    _report, mode, mine = _asked_for(request, dates)
    asked = {part: request.GET.get(part, "").strip() for part in PARTS if part != "mode"}
    book = codebook(workspace_id=request.workspace.id)
    rows = [
        FindingRow(
            finding=one,
            verdict=str(VERDICT_WORDS.get(one.verdict, one.verdict)),
            topic=_group_words("topic", one.about, book),
            defect=str(DEFECT_WORDS[one.defect or NOT_RECORDED]) if one.verdict == "defect" else "",
        )
        for one in with_keys(narrowed(mine, asked))
    ]
    seen = ShownCases[FindingRow]("titles of findings", lambda row: row.finding.case_id)
    listing = recorded_list(request, CASES, memory_source(rows, CASES), cases=seen)
    if not isinstance(listing, ListPage):
        return listing
    chosen = [_part_words(part, wanted, book) for part, wanted in asked.items() if wanted]
    context = {
        "list": replace(listing, rows=_with_titles(listing.rows, request.workspace.id)),
        "chosen": chosen,
        "dates": dates,
        "back": urlencode({"mode": mode, **dates.span.dates}),
    }
    return render(request, "desk/finding_cases.html", context)


def _asked_for(
    request: MemberRequest, dates: PageDates
) -> tuple[FindingReport, str, list[Finding]]:
    """Return the findings of the dates, the mode asked for or the largest, and the mode's own."""
    assert dates.span is not None
    report = findings_between(
        workspace=request.workspace, since=dates.span.since, until=dates.span.until
    )
    there = [mode for mode, _count in report.modes]
    mode = request.GET.get("mode", "")
    mode = mode if mode in there or not there else there[0]
    return report, mode, narrowed(report.findings, {"mode": mode})


def _mode_links(request: MemberRequest, report: FindingReport, mode: str) -> dict[str, Any]:
    links = [
        (name, count, query_with(request.GET, mode=name, page=None), name == mode)
        for name, count in report.modes
    ]
    return {"mode": mode, "modes": links}


def _group_words(by: str, group: str | None, book: Codebook) -> str:
    if group is None or group == NOT_RECORDED:
        return str(NONE_WORDS[by])
    return reader_text(book.name(group)) if by == "topic" else group


def _part_words(part: str, wanted: str, book: Codebook) -> str:
    if part == "verdict":
        return str(VERDICT_WORDS.get(wanted, wanted))
    if part == "defect":
        return str(DEFECT_WORDS.get(wanted, wanted))
    return _group_words(part, wanted, book)


def _with_titles(rows: Sequence[FindingRow], workspace_id: int) -> list[FindingRow]:
    ids = [row.finding.case_id for row in rows]
    about = titles(steps_of(ids, workspace_id=workspace_id)) if ids else {}
    nothing = gettext("no words")
    return [replace(row, title=about.get(row.finding.case_id, nothing)) for row in rows]
