"""Why a case is due when it is, under one objective."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.inquiries.queries import UnknownInquiry, inquiry
from shinrai.investigations.queries import UnknownInvestigation, investigation
from shinrai.objectives.queries.standings import objective_judges
from shinrai.objectives.rules.explained import ExplainedClock, explain
from shinrai.objectives.rules.from_cases import case_spans, reasons_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class NoSuchClock(UserError, LookupError):
    """No clock of the objective has started in this case by the moment."""


@dataclass(frozen=True)
class Explanation:
    """One clock of a case under an objective, with the facts behind its due moment."""

    objective: str
    version: int
    case_key: str
    index: int
    facts: ExplainedClock


def explain_case(
    *, workspace_id: int, name: str, case_key: str, at: datetime, known: datetime | None = None
) -> list[Explanation]:
    """Explain, for each clock of a case under an objective, how its due moment came about.

    Raises: UnknownObjective, UnknownInvestigation, UnknownInquiry, NoSuchClock.
    """
    judges = objective_judges(workspace_id=workspace_id, name=name)
    find = investigation if judges[-1].record == "investigation" else inquiry
    record = find(workspace_id=workspace_id, source_key=case_key, until=at, known=known)
    found = [
        Explanation(
            objective=name,
            version=judge.number,
            case_key=case_key,
            index=span.index,
            facts=explain(
                judge.definition,
                judge.calendar,
                span,
                at=at,
                reasons=reasons_of(record.state, span),
            ),
        )
        for judge in judges
        for span in case_spans(record.head.id, record.state, judge.definition)
        if span.mode == judge.definition.mode and judge.judges(span.started_at)
    ]
    if not found:
        raise NoSuchClock(
            Text(
                "objective {name!r} measures nothing in {case_key!r}: it is about the mode "
                "{mode!r}, and clocks that started by {at}",
                name=name,
                case_key=case_key,
                mode=judges[-1].definition.mode,
                at=at.isoformat(),
            ),
        )
    return found


__all__ = ["Explanation", "NoSuchClock", "UnknownInquiry", "UnknownInvestigation", "explain_case"]
