"""A report as one file of HTML that needs nothing beside it."""

from importlib import resources
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from shinrai.reports.queries.records import PeriodReport


def report_sheet(report: PeriodReport) -> str:
    """Write a report as a page with its style inside, to be mailed, kept and printed."""
    style = resources.files("shinrai.console") / "static" / "console" / "shinrai.css"
    context = {
        "report": report,
        "workspace": report.workspace,
        "style": mark_safe(style.read_text("utf-8")),  # our own stylesheet
        "unlinked": True,
        "request": SimpleNamespace(at=report.at),  # moments leave out the year they are read in
    }
    return render_to_string("reports/sheet.html", context)
