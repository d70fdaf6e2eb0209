"""What every page shows around its content: workspace, member, navigation, chart marks."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.intake.queries import form_address, has_desks, threads_of_case
from shinrai.ledger.queries import case_head
from shinrai.objectives.queries.marks import marks_of

# The pages of a workspace by the name of their address, in the order of the masthead.
ENTRIES: tuple[tuple[str, Promise], ...] = (
    ("overview", _("Overview")),
    ("queue", _("Queue")),
    ("quality", _("Quality")),
    ("workload", _("Work")),
    ("usage", _("Habit")),
    ("missions", _("Missions")),
    ("objectives", _("Objectives")),
    ("calendars", _("Calendars")),
    ("imports", _("Imports")),
    ("dashboards", _("Dashboards")),
    ("report", _("Report")),
)
# Pages that lie beneath an entry but not beneath its address.
BENEATH = {
    **dict.fromkeys(
        (
            "board",
            "investigation",
            "inquiry",
            "file_investigation",
            "receive_inquiry",
            "handover",
        ),
        "queue",
    ),
    **dict.fromkeys(("defects", "defect", "defect_tell_back", "third_line", "similar"), "queue"),
    **dict.fromkeys(("releases", "release_cases", "trends"), "quality"),
    "new_objective": "objectives",
    **dict.fromkeys(("new_calendar", "events"), "calendars"),
    **dict.fromkeys(("topics", "topic_agreement", "codebook", "suggesters", "findings"), "quality"),
    "finding_cases": "quality",
    **dict.fromkeys(("revenue", "revenue_contracts", "continuation", "hazard"), "quality"),
    **dict.fromkeys(("satisfaction", "satisfaction_quotes", "satisfaction_files"), "quality"),
    **dict.fromkeys(("surveys", "survey", "new_survey", "survey_change"), "quality"),
    **dict.fromkeys(("interviews", "new_round", "interview_quotes", "need_deeds"), "quality"),
    **dict.fromkeys(("interview_round", "round_deeds"), "quality"),
    **dict.fromkeys(("interview_person", "person_deeds"), "quality"),
    **dict.fromkeys(("initiatives", "initiative", "new_initiative", "amend_initiative"), "quality"),
    **dict.fromkeys(("knowledge", "article", "new_article", "edit_article"), "queue"),
    **dict.fromkeys(("knowledge_search", "empty_searches", "solitary"), "queue"),
    "article_suggestions": "queue",
    **dict.fromkeys(("questions", "question", "new_question", "edit_question"), "dashboards"),
    **dict.fromkeys(("new_dashboard", "sql", "sql_runs"), "dashboards"),
    "second_labels": "quality",
    **dict.fromkeys(("sprint_digests", "sprint_digest"), "report"),
    **dict.fromkeys(("reviews", "review"), "quality"),
}


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return template variables about the workspace and member; none outside a workspace."""
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return {}
    return {
        "workspace": workspace,
        "member": getattr(request, "member", None),
        "may_manage": may(getattr(request, "member", None), Permission.MANAGE_MEMBERS),
        "may_open": may(getattr(request, "member", None), Permission.OPEN_WORKSPACE),
        "may_deliver": may(getattr(request, "member", None), Permission.DELIVER),
        "may_promise": may(getattr(request, "member", None), Permission.PROMISE),
        "home": f"/w/{workspace.slug}/",
        "navigation": _navigation(request, workspace.slug),
        "told_at": SimpleLazyObject(lambda: _told_at(request, workspace.id)),
        "support_form": SimpleLazyObject(lambda: form_address(workspace.id)),  # for guardians
        "chart_marks": SimpleLazyObject(lambda: marks_of(workspace)),  # asked for where one draws
    }


def _told_at(request: HttpRequest, workspace_id: int) -> dict[str, Any]:
    """Return where the case of this page is told of outside, and whether a ticket can be added."""
    match = request.resolver_match
    record = str(match.url_name) if match else ""
    key = str(match.kwargs.get("key", "")) if match else ""
    head = case_head(workspace_id=workspace_id, record=record, source_key=key)
    if head is None:
        return {}
    may_link = may(getattr(request, "member", None), Permission.WORK_ON_INVESTIGATION)
    return {
        "places": threads_of_case(head.id),
        "may_link": may_link and has_desks(workspace_id=workspace_id),
    }


def _navigation(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """Return the navigation entries of a workspace, with the current one marked."""
    match = request.resolver_match
    here = BENEATH.get(str(match.url_name), str(match.url_name)) if match else ""
    found = [(name, label, reverse(name, args=[slug])) for name, label in ENTRIES]
    return [
        {
            "label": label,
            "href": href,
            "current": name == here or (name != "overview" and request.path.startswith(href)),
        }
        for name, label, href in found
    ]
