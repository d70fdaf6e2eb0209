"""A report as one HTML file that needs no other files."""

from importlib import resources
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from shinrai.reports.queries.records import PeriodReport


def report_sheet(report: PeriodReport) -> str:
    """Return a report as an HTML page with its style inside, to mail, keep or print."""
    style = resources.files("shinrai.console") / "static" / "console" / "shinrai.css"
    context = {
        "report": report,
        "workspace": report.workspace,
        "style": mark_safe(style.read_text("utf-8")),  # our own stylesheet
        "unlinked": True,
        "request": SimpleNamespace(at=report.at),  # moments leave out the year they are read in
    }
    return render_to_string("reports/sheet.html", context)
