"""What one asks about the cases behind a figure: subject, person, missing facts, verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.places import case_names
from shinrai.desk.queries.titles import titles
from shinrai.desk.rules.attributes import attributes_of
from shinrai.ledger.queries import steps_of
from shinrai.ledger.rules.steps import Step, standing
from shinrai.quality.queries.listing import ListedCase
from shinrai.units.text import Text


@dataclass(frozen=True)
class FigureCase:
    """A case behind a figure, with what its steps say beside the figure.

    `missing` names the facts it was sent back for, `waits` what it waited for; names of persons are
    "" for those who may not see them.
    """

    case: ListedCase
    title: str
    person: str
    filed_by: str
    service: str
    topic: Text | None
    missing: tuple[str, ...]
    waits: tuple[str, ...]
    verdict: str


def with_steps(
    cases: Sequence[ListedCase], *, workspace_id: int, at: datetime, has_names: bool
) -> list[FigureCase]:
    """Add to the cases of one page what their steps say; words of no others are decrypted."""
    ids = [case.id for case in cases]
    steps = steps_of(ids, workspace_id=workspace_id)
    names = case_names(workspace_id=workspace_id, has_names=has_names)
    said = titles(steps)
    found = []
    for case in cases:
        stands = standing(steps.get(case.id, ()), until=at)
        about = attributes_of(stands)
        filer = next((step.by for step in stands if step.kind == "filed"), "")
        found.append(
            FigureCase(
                case=case,
                title=said.get(case.id, ""),
                person=names.persons.get(about.person, ""),
                filed_by=names.persons.get(filer, ""),
                service=about.service,
                topic=names.topic(about.topic),
                missing=tuple(dict.fromkeys(_missing(stands))),
                waits=tuple(dict.fromkeys(_said(stands, "waiting", "on"))),
                verdict=next(reversed(_said(stands, "finding", "verdict")), ""),
            )
        )
    return found


def _missing(steps: Sequence[Step]) -> list[str]:
    found: list[str] = []
    for step in steps:
        if step.kind == "sent_back":
            facts = step.detail.get("missing_fact", step.detail.get("missing")) or "other"
            found += map(str, facts) if isinstance(facts, list) else [str(facts)]
    return found


def _said(steps: Sequence[Step], kind: str, name: str) -> list[str]:
    return [str(step.detail[name]) for step in steps if step.kind == kind and name in step.detail]
