"""The page of quality figures, by section, with those that are unknown."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import query_with
from shinrai.console.rules.date_span import DateSpan
from shinrai.ledger.queries import has_cases
from shinrai.quality.pages.dates import quality_dates
from shinrai.quality.queries.lines import Lines, lines_now
from shinrai.quality.queries.summary import QualitySummary, summary_now
from shinrai.quality.rules.figures import is_unknown
from shinrai.topics.queries import codebook

MONTHS = 12
# The figures of a page, in the order in which one asks; each key is one of MEASURES §5.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reply", ("next_business_day", "same_day", "first_reply")),
    ("effort", ("round_trips", "one_reply")),
    ("held", ("solved", "reopened_14", "reopened_later", "repeat_contact", "truly_solved")),
    ("lines", ("self_resolved", "highest_tier", "handovers", "waited")),
    ("investigations", ("sent_back", "correctness")),
    ("people", ("answer_quality", "agreement", "single_person", "neglected")),
)


@require_safe
@members_only
def quality(request: MemberRequest) -> HttpResponse:
    """Show the quality figures of one mode for the dates asked, and list those that are unknown."""
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    dates = quality_dates(request)
    span = dates.span
    if span is None:
        return render(request, "quality/quality.html", {"dates": dates}, status=422)

    def summary(span: DateSpan) -> QualitySummary | None:
        return summary_now(workspace=request.workspace, since=span.since, until=span.until)

    found = summary(span)
    is_empty = not has_cases(workspace_id=request.workspace.id)
    if found is None:
        uncounted = {"dates": dates, "is_empty": is_empty, "is_pending": not is_empty}
        return render(request, "quality/quality.html", uncounted)
    before = summary(dates.before) if dates.before and found.modes else None
    lines = lines_now(
        workspace=request.workspace,
        today=min(span.until or today, today),
        period="M",
        count=MONTHS,
    )
    chosen = _chosen(request.GET.get("mode", ""), found)
    context: dict[str, Any] = {
        "found": found,
        "before": before,
        "shown": _mode_shown(chosen, found, before, lines),
        "modes": [
            {
                "mode": mode,
                "count": _size(figures),
                "link": query_with(request.GET, mode=mode),
                "chosen": mode == chosen,
            }
            for mode, figures in sorted(found.modes.items(), key=lambda pair: -_size(pair[1]))
        ],
        "dates": dates,
        "query": urlencode(span.dates),
        "book": codebook(workspace_id=request.workspace.id),
        "is_empty": is_empty,
    }
    return render(request, "quality/quality.html", context)


def _chosen(asked: str, found: QualitySummary) -> str:
    """Return the mode that was asked for, or else the one with most inquiries."""
    if asked in found.modes:
        return asked
    return max(found.modes, key=lambda mode: _size(found.modes[mode]), default="")


def _size(figures: dict[str, Any]) -> int:
    """Return the number of inquiries of a mode."""
    return int(figures["flagged"]["of"])


def _mode_shown(
    mode: str, found: QualitySummary, before: QualitySummary | None, lines: Lines
) -> dict[str, Any]:
    """Return what the page shows of one mode: figures by section, and those that are unknown.

    A section of which nothing is known stands among the unknown alone.
    """
    figures = found.modes.get(mode, {})
    then = before.modes.get(mode, {}) if before else {}
    sections = [
        {
            "name": name,
            "figures": [(key, figures[key], then.get(key)) for key in keys if key in figures],
        }
        for name, keys in SECTIONS
    ]
    every = [(key, value) for section in sections for key, value, _then in section["figures"]]
    return {
        "mode": mode,
        "figures": figures,
        "lines": lines.get(mode, ()),
        "sections": [
            section
            for section in sections
            if not all(is_unknown(value) for _key, value, _then in section["figures"])
        ],
        "unknown": [pair for pair in every if is_unknown(pair[1])],
        "asked": len(every),
    }
