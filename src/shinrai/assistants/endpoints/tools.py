"""The tools: what an assistant may read. None of them sends or writes anything.

Each asks the functions that pages and the API ask, so that a number is the same everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.operations.audit import AssistantCall, record_assistant_call
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.assistants.endpoints.arguments import (
    ArticleArguments,
    CaseArguments,
    DueArguments,
    MeasureArguments,
    NoArguments,
    SearchArguments,
)
from shinrai.assistants.rules.tools import TOOL_WORDS
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.endpoints.bodies import StrictBody
from shinrai.desk.queries.case import find_case
from shinrai.desk.queries.documents import case_document, row_document, shown_case
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import QueueRequest, queue_of
from shinrai.desk.queries.search import SearchRequest, search_cases
from shinrai.desk.queries.similar import similar_cases
from shinrai.desk.rules.quotation import Quoting
from shinrai.knowledge.queries.documents import suggestion_document
from shinrai.knowledge.queries.suggestions import search_articles
from shinrai.ledger.queries import CaseHead
from shinrai.objectives.queries.documents import standing_document
from shinrai.objectives.queries.standings import all_reports, objective_report
from shinrai.objectives.rules.sentences import clocks
from shinrai.quality.queries.definitions import definition_of, definitions
from shinrai.quality.queries.documents import (
    UnknownMeasure,
    definition_document,
    measure_document,
)
from shinrai.quality.queries.past_summary import asked_summary
from shinrai.units.errors import UserError
from shinrai.units.json_values import json_values
from shinrai.units.text import Text
from shinrai.warehouse.store import Warehouse
from shinrai.workload.measures.declared import INTERRUPTIONS, WORKED
from shinrai.workload.queries.documents import summary_document as work_document
from shinrai.workload.queries.summary import work_summary

WORK: Final = {
    WORKED.key: (WORKED, ("minutes", "jobs", "hours_a_week_by_tier")),
    INTERRUPTIONS.key: (INTERRUPTIONS, ("tier3_interruptions_a_week",)),
}


class UnknownCaseKey(UserError, LookupError):
    """No case of the workspace has this key."""


@dataclass(frozen=True)
class ToolCaller:
    """The member an assistant acts for, where, and how it names itself."""

    workspace: WorkspaceRecord
    member: MemberRecord
    assistant: str
    at: datetime


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool found, and what the audit says was shown; `marks` of words of people."""

    document: dict[str, Any]
    subject: str = ""
    shown: tuple[int, ...] = ()
    marks: Quoting | None = None


@dataclass(frozen=True)
class Tool:
    """A tool, as programs are told of it."""

    name: str
    arguments: type[StrictBody]
    run: Callable[[ToolCaller, Any], ToolAnswer]

    @property
    def document(self) -> dict[str, Any]:
        """Return how programs are told of it."""
        return {
            "name": self.name,
            "title": str(TOOL_WORDS[self.name].title),
            "description": str(TOOL_WORDS[self.name].does),
            "inputSchema": self.arguments.model_json_schema(),
            "annotations": {
                "readOnlyHint": True,
                "destructiveHint": False,
                "idempotentHint": True,
                "openWorldHint": False,
            },
        }


def call_tool(tool: Tool, caller: ToolCaller, arguments: StrictBody) -> dict[str, Any]:
    """Return what a tool found as JSON, once the audit has it; a refused call is there too.

    Raises: UserError.
    """
    found = ToolAnswer({})
    try:
        found = tool.run(caller, arguments)
        document: dict[str, Any] = json_values(found.document)
    finally:
        record_assistant_call(
            AssistantCall(
                workspace_id=caller.workspace.id,
                tool=tool.name,
                assistant=caller.assistant,
                subject=found.subject or f"workspace:{caller.workspace.id}",
                by=caller.member.key,
                at=caller.at,
                shown=found.shown,
            )
        )
    if found.marks is not None:
        document = {"note": str(found.marks.header), **found.marks.document(document)}
    return document


def list_due(caller: ToolCaller, asked: DueArguments) -> ToolAnswer:
    """List open cases, the most urgent first."""
    place = queue_place(caller.workspace, caller.member, at=caller.at, record=asked.record)
    narrowed = {"state": asked.state} if asked.state else {}
    found = queue_of(
        QueueRequest([place], caller.at, narrowed, most=asked.limit, record=asked.record)
    )
    document = {
        "at": caller.at,
        "cases": [row_document(row) for row in found.rows],
        "total": found.listed,
        "promises": {
            judge.objective.title: str(clocks.reading(judge.definition))
            for judge in place.judges.values()
        },
    }
    return ToolAnswer(document, "", tuple(row.case_id for row in found.rows), Quoting())


def get_case(caller: ToolCaller, asked: CaseArguments) -> ToolAnswer:
    """Read a case, masked, with its clocks and its timeline."""
    record = asked.record or _head(caller, asked.key).record
    case, effective_at = shown_case(
        workspace=caller.workspace, record=record, key=asked.key, at=caller.at
    )
    document = case_document(case, effective_at)
    return ToolAnswer(document, f"{case.record}:{case.id}", (case.id,), Quoting())


def search(caller: ToolCaller, asked: SearchArguments) -> ToolAnswer:
    """Find cases by words, or answered ones like another."""
    there = caller.workspace.id
    if asked.similar_to:
        head = _head(caller, asked.similar_to)
        alike = similar_cases(workspace_id=there, case_id=head.id, at=caller.at)[: asked.limit]
        rows = [
            {
                "key": one.head.source_key,
                "record": one.head.record,
                "title": one.title,
                "verdict": one.verdict or None,
                "answer": one.answer,
                "ended_at": one.ended_at,
                "likeness": one.likeness,
            }
            for one in alike
        ]
        shown = (head.id, *(one.head.id for one in alike))
        return ToolAnswer({"cases": rows}, f"{head.record}:{head.id}", shown, Quoting())
    found = search_cases(
        SearchRequest(
            workspace_id=there,
            words=asked.words,
            at=caller.at,
            record=asked.record or "",
            state=asked.state or "",
        )
    )
    first = found.cases[: asked.limit]
    document = {
        "cases": [
            {**row_document(one.row), "found_in": one.where, "excerpt": one.quote} for one in first
        ],
        "has_more": found.has_more or len(first) < len(found.cases),
        "is_indexed": found.is_indexed,
    }
    return ToolAnswer(document, "", tuple(one.row.case_id for one in first), Quoting())


def search_knowledge(caller: ToolCaller, asked: ArticleArguments) -> ToolAnswer:
    """Find articles by what a customer says, the best first."""
    on = caller.at.astimezone(zone_named(caller.workspace.zone)).date()
    found = search_articles(workspace_id=caller.workspace.id, text=asked.words, on=on)
    rows = [
        {
            **suggestion_document(one),
            "may_be_wrong": [str(why) for why in one.record.staleness.reasons],
        }
        for one in found[: asked.limit]
    ]
    return ToolAnswer({"articles": rows}, marks=Quoting())


def list_measures(caller: ToolCaller, asked: NoArguments) -> ToolAnswer:
    """List what can be read: measures with their definitions, and objectives."""
    every = [*definitions(), *(definition_of(measure) for measure, _parts in WORK.values())]
    reports = all_reports(workspace_id=caller.workspace.id, at=caller.at, warehouse=_warehouse())
    return ToolAnswer(
        {
            "measures": [definition_document(one) for one in every],
            "objectives": [
                {name: standing_document(one)[name] for name in ("objective", "title", "headline")}
                for one in reports
            ],
        }
    )


def read_measure(caller: ToolCaller, asked: MeasureArguments) -> ToolAnswer:
    """Read a measure or an objective: what it is, of how many, how sure, and how fresh."""
    subject = f"measure:{asked.key}"[:200]
    there = caller.workspace
    if asked.key in WORK:
        measure, parts = WORK[asked.key]
        found = work_document(
            work_summary(
                workspace=there,
                at=caller.at,
                warehouse=_warehouse(),
                since=asked.since,
                until=asked.until,
            )
        )
        modes = {
            mode: {part: figures[part] for part in parts}
            for mode, figures in found["modes"].items()
        }
        defined = definition_document(definition_of(measure))
        told = {name: found[name] for name in ("at", "from", "to", "versions")}
        return ToolAnswer({**defined, **told, "modes": modes}, subject)
    if any(one.measure.key == asked.key for one in definitions()):
        summary = asked_summary(
            workspace=there,
            at=None,
            now=caller.at,
            warehouse=_warehouse(),
            dates=(asked.since, asked.until),
        )
        return ToolAnswer(measure_document(asked.key, summary), subject)
    if asked.since or asked.until:
        raise UnknownMeasure(
            Text("{key!r} is no measure; an objective has the dates of its window", key=asked.key)
        )
    report = objective_report(
        workspace_id=there.id, name=asked.key, at=caller.at, warehouse=_warehouse()
    )
    return ToolAnswer(standing_document(report), subject)


def _head(caller: ToolCaller, key: str) -> CaseHead:
    head = find_case(workspace_id=caller.workspace.id, key=key)
    if head is None:
        raise UnknownCaseKey(Text("there is no case {key!r} in this workspace", key=key))
    return head


def _warehouse() -> Warehouse:
    return Warehouse(settings.SHINRAI_WAREHOUSE)


TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool("list_due", DueArguments, list_due),
        Tool("get_case", CaseArguments, get_case),
        Tool("search_cases", SearchArguments, search),
        Tool("search_articles", ArticleArguments, search_knowledge),
        Tool("list_measures", NoArguments, list_measures),
        Tool("read_measure", MeasureArguments, read_measure),
    )
}
