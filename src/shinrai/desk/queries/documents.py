"""Cases, rows of lists and kinds as documents: for `--json` and the API; words are masked."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.queries.case import CaseStep, CaseView, case_view
from shinrai.desk.queries.defects import DefectRow, DefectView
from shinrai.desk.queries.inquiry import inquiry_view
from shinrai.desk.queries.rows import BoardRow
from shinrai.desk.queries.search import MOST, CaseSearch, FoundCase
from shinrai.desk.rules.case_facts import CaseKind
from shinrai.ledger.queries import newest_step
from shinrai.objectives.queries.documents import explanation_document
from shinrai.objectives.queries.explaining import Explanation
from shinrai.units.text import translated


def shown_case(
    *, workspace: WorkspaceRecord, record: str, key: str, at: datetime
) -> tuple[CaseView, datetime | None]:
    """Return a case as of a moment, and when it counts from.

    Raises: UnknownInquiry, UnknownInvestigation, NotThereYet.
    """
    if record == "inquiry":
        found = inquiry_view(workspace=workspace, source_key=key, at=at)
        return found.case, found.effective_at
    case = case_view(workspace_id=workspace.id, source_key=key, at=at)
    return case, case.clock.facts.effective_at if case.clock else None


def standing_of_case(case: CaseView, effective_at: datetime | None) -> dict[str, Any]:
    """Return how a case stands as a document, without words: what writes are answered with."""
    return {
        "key": case.key,
        "record": case.record,
        "phase": case.phase,
        "holder": case.holder,
        "effective_at": effective_at,
        "due_at": case.clock.facts.due_at if case.clock else None,
        "clocks": [
            explanation_document(Explanation(c.objective, c.version, case.key, c.index, c.facts))
            for c in case.clocks
        ],
        "seen": newest_step(case.id),
    }


def case_document(case: CaseView, effective_at: datetime | None) -> dict[str, Any]:
    """Return a case as a document: how it stands, what it is about, and its steps."""
    return {
        **standing_of_case(case, effective_at),
        "title": case.title,
        "source": case.source,
        "assignee": case.assignee,
        "verdict": case.verdict,
        "contradicted": case.contradicted,
        "about": dict(case.about),
        "related": [asdict(one) for one in case.related],
        "steps": [_step(step) for step in case.steps],
    }


def row_document(row: BoardRow) -> dict[str, Any]:
    """Return a row of a list of open cases as a document."""
    return {
        "key": row.case_key,
        "record": row.record,
        "title": row.title,
        "source": row.source,
        "phase": row.stands.phase,
        "holder": row.holder or None,
        "state": row.group,
        "objective": row.objective or None,
        "due_at": row.due_at,
        "left_s": row.business_time,
        "began_at": row.started_at,
        "changed_at": row.stands.changed_at,
        "waiting_on": row.paused_for or None,
        "missing": list(row.stands.missing),
        "person": row.about.person or None,
        "priority": row.about.priority or None,
        "service": row.about.service or None,
        "topic": row.about.topic or None,
    }


def search_document(sought: str, found: CaseSearch, most: int = MOST) -> dict[str, Any]:
    """Return what a search found as a document: at most so many cases, each with why."""
    return {
        "search": sought,
        "cases": [_found_case(one) for one in found.cases[:most]],
        "has_more": found.has_more or len(found.cases) > most,
        "is_indexed": found.is_indexed,
    }


def _found_case(one: FoundCase) -> dict[str, Any]:
    row = one.row
    return {
        "key": row.case_key,
        "record": row.record,
        "phase": one.phase,
        "began_at": row.started_at,
        "topic": row.about.topic,
        "title": row.title,
        "where": one.where,
        "excerpt": [{"words": part.words, "is_found": part.is_found} for part in one.excerpt],
    }


def defect_document(one: DefectRow) -> dict[str, Any]:
    """Return a defect as a document, with how many were told of its fix, of those to tell."""
    return {
        "defect": one.id,
        "ticket": one.url,
        "title": one.title,
        "made_at": one.made_at,
        "inquiries": one.inquiries,
        "investigations": one.investigations,
        "customers": one.customers,
        "fixed_in": one.release or None,
        "fixed_at": one.fixed_at,
        "told": one.told.count,
        "to_tell": one.told.of,
    }


def defect_cases_document(found: DefectView) -> dict[str, Any]:
    """Return a defect with its cases; `link` is the number by which one is said to be told."""
    cases = [
        {
            "link": one.row,
            "record": one.head.record,
            "key": one.head.source_key,
            "title": one.title,
            "source": one.head.source,
            "channel": one.channel or None,
            "filed_by": list(one.filers),
            "is_to_tell": one.person is not None,
            "told_at": one.person.told_at if one.person else None,
        }
        for one in found.cases
    ]
    return {**defect_document(found.defect), "cases": cases}


def kind_document(kind: CaseKind, language: str) -> dict[str, Any]:
    """Return a kind of investigation and the facts it asks for as a document."""
    asked = [
        {
            "fact": one.fact.key,
            "name": translated(one.fact.name, language),
            "form": one.fact.form,
            "is_required": one.is_required,
            "is_sealed": one.fact.is_sealed,
        }
        for one in kind.facts
    ]
    return {"kind": kind.key, "name": translated(kind.name, language), "facts": asked}


def _step(step: CaseStep) -> dict[str, Any]:
    return {
        "step": step.sequence,
        "at": step.at,
        "recorded_at": step.recorded_at,
        "kind": step.kind,
        "who": step.who,
        "role": step.role,
        "tier": step.tier,
        "detail": dict(step.detail),
        "words": step.words or None,
        "words_erased": step.words_erased,
    }
