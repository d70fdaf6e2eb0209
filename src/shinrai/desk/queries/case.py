"""One case in full: its clocks, its life, its steps, and what is doubtful about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shinrai.accounts.queries import members
from shinrai.calendars.rules.business_time import segments
from shinrai.console.rules.wording import visible_words
from shinrai.desk.models import OpenCase
from shinrai.desk.queries.titles import first_line, masked
from shinrai.desk.rules.case_facts import OF_INQUIRY
from shinrai.desk.rules.html_text import plain_text
from shinrai.inquiries.queries import InquiryRecord
from shinrai.inquiries.rules.corrections import CORRECTABLE
from shinrai.investigations.queries import InvestigationRecord, investigation
from shinrai.ledger.queries import CaseHead, case_head, case_heads, steps_of
from shinrai.ledger.rules.holder_history import HolderStretch
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.rules.explained import ExplainedClock, explain
from shinrai.objectives.rules.from_cases import case_spans, reasons_of
from shinrai.privacy.operations import read_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text

NUL = "\0"
NEWEST = 200  # investigations that are looked at for what they are about


class NotThereYet(UserError, LookupError):
    """The case began only after the moment the page shows."""


BEYOND = timedelta(days=10)  # the ribbon's axis ends a little after the last moment
CaseRecord = InvestigationRecord | InquiryRecord
# Until when a case is unmasked for the reader; None: it is masked.
Reveals = Callable[[CaseHead], datetime | None]
PRESSING = ("overdue", "running", "paused")


@dataclass(frozen=True)
class CaseStep:
    """One step as the page shows it: when, what, by whom, and its words, masked or revealed."""

    at: datetime
    recorded_at: datetime
    kind: str
    who: str
    role: str
    tier: int | None
    detail: tuple[tuple[str, str], ...]
    words: str
    words_erased: bool
    doubt: str
    flag: str
    batch_id: int | None
    sequence: int = 0
    is_substantive: bool = True
    corrected: bool = False

    @property
    def is_correctable(self) -> bool:
        """Tell whether a person can correct this step."""
        return self.kind in CORRECTABLE


@dataclass(frozen=True)
class CaseClock:
    """One clock of the case, with its explanation and the objective that judges it."""

    objective: str
    title: str
    version: int
    calendar: str
    index: int
    facts: ExplainedClock


@dataclass(frozen=True)
class Related:
    """Another case that is linked to this one: an inquiry and its investigations."""

    record: str
    key: str


@dataclass(frozen=True)
class CaseView:
    """A case with all that its page shows."""

    id: int
    record: str
    key: str
    source: str
    title: str
    phase: str
    holder: str | None
    assignee: str
    verdict: str | None
    contradicted: bool
    clocks: tuple[CaseClock, ...]
    stretches: tuple[HolderStretch, ...]
    steps: tuple[CaseStep, ...]
    about: tuple[tuple[str, str], ...]
    open_spans: tuple[tuple[datetime, datetime], ...]
    zone: str
    ends_at: datetime
    has_words: bool
    customer: int | None = None
    revealed_until: datetime | None = None
    related: tuple[Related, ...] = ()

    @property
    def clock(self) -> CaseClock | None:
        """Return the clock that the page's first sentence describes.

        For an investigation its own clock in the last round, for an inquiry its most urgent clock.
        """
        if self.record == "inquiry":
            return min(self.clocks, key=_pressing, default=None)
        first = [c for c in self.clocks if c.facts.definition.clock == "investigation"]
        chosen = first or list(self.clocks)
        return max(chosen, key=lambda clock: clock.index, default=None)

    @property
    def answer(self) -> CaseStep | None:
        """Return the step with the plain answer of an investigation that is answered now."""
        if self.record == "inquiry" or self.phase != "answered":
            return None
        given = [step for step in self.steps if step.kind == "answered" and step.words]
        return given[-1] if given else None

    @property
    def flagged(self) -> tuple[CaseStep, ...]:
        """Return the steps that are flagged or doubtful, for somebody to check."""
        return tuple(step for step in self.steps if step.flag or step.doubt)


REFERENCE = "inquiry_reference"
# What a filing says about the case, in the order a reader asks; the rest stays with the step.
ABOUT = ("kind", *OF_INQUIRY, "happened_at", "service", "priority", REFERENCE, "channel")
UNSAID = (
    *(*ABOUT, "doubt", "clock", "mode", "to", "assignee", "substantive", "substantive_rule"),
    *(
        "rule",
        "automatic",
        "merged_from",
        "into",
        "measured_s",
        "codebook",
        "corrected",
        "corrected_by",
        "defect",
    ),
)


def find_case(*, workspace_id: int, key: str) -> CaseHead | None:
    """Return the case with this key, or None; an inquiry if an investigation has it too."""
    if NUL in key:  # no key holds one, and PostgreSQL knows no such text
        return None
    for record in ("inquiry", "investigation"):
        head = case_head(workspace_id=workspace_id, record=record, source_key=key)
        if head is not None:
            return head
    return None


def case_view(
    *, workspace_id: int, source_key: str, at: datetime, reveals: Reveals | None = None
) -> CaseView:
    """Return an investigation as of a moment; `reveals` says of a case whether it is unmasked.

    Raises: UnknownInvestigation, NotThereYet.
    """
    record = investigation(workspace_id=workspace_id, source_key=source_key, until=at)
    refuse_before_start(record)
    until = reveals(record.head) if reveals else None
    found = build_case_view(record, workspace_id=workspace_id, at=at, revealed_until=until)
    names = {member.key: member.display_name for member in members(workspace_id=workspace_id)}
    related = _parent(record)
    return replace(
        found,
        holder=record.state.holder,
        assignee=names.get(record.state.assignee or "", ""),
        verdict=record.state.verdict,
        contradicted=record.state.contradicted,
        related=related,
        about=tuple(
            (name, value) for name, value in found.about if not (related and name == REFERENCE)
        ),
    )


def newest_references(*, workspace_id: int) -> list[tuple[int, str, str]]:
    """Return what the newest open investigations are about: case, source and key of the inquiry.

    Of one that names what is not here, the source is "" and the key what was typed.
    """
    open_ones = OpenCase.objects.filter(workspace_id=workspace_id, record="investigation")
    ids = list(open_ones.order_by("-case_id").values_list("case_id", flat=True)[:NEWEST])
    heads = case_heads(ids)
    parents = case_heads(head.parent_id for head in heads.values() if head.parent_id)
    filed = steps_of(ids, workspace_id=workspace_id, kinds=("filed",))
    found = []
    for case_id, head in heads.items():
        parent = parents.get(head.parent_id or 0)
        named = [str(step.detail.get(REFERENCE, "")) for step in filed.get(case_id, ())]
        if parent is not None:
            found.append((case_id, parent.source, parent.source_key))
        elif named and named[0]:
            found.append((case_id, "", named[0]))
    return found


def refuse_before_start(record: CaseRecord) -> None:
    """Raise an error if the case has no steps up to the moment it was read for.

    Raises: NotThereYet.
    """
    if not record.steps:
        key = visible_words(record.head.source_key)
        raise NotThereYet(
            Text(
                "{key} was not there yet at that moment. Look at a later one, or at now.", key=key
            ),
        )


def build_case_view(
    record: CaseRecord,
    *,
    workspace_id: int,
    at: datetime,
    revealed_until: datetime | None = None,
) -> CaseView:
    """Return what the pages of both kinds of case show, its words unmasked while revealed."""
    kind = record.head.record
    opening = "filed" if kind == "investigation" else "received"
    judges = [j for j in judges_of(workspace_id=workspace_id) if j.record == kind]
    clocks = tuple(_clocks(record, judges, at))
    names = {member.key: member.display_name for member in members(workspace_id=workspace_id)}
    words_ids = [step.words_id for step in record.steps if step.words_id is not None]
    words = read_words(words_ids) if revealed_until else masked(words_ids)
    first = next((step for step in record.steps if step.kind == opening), None)
    first_words = plain_text(words.get(first.words_id, "")) if first and first.words_id else ""
    start = record.steps[0].at
    end = _last_moment(record, clocks, at)
    calendar = judges[-1].calendar if judges else None
    return CaseView(
        id=record.head.id,
        record=kind,
        key=record.head.source_key,
        source=record.head.source,
        title=first_line(first_words),
        phase=record.state.phase,
        holder=None,
        assignee="",
        verdict=None,
        contradicted=False,
        clocks=clocks,
        stretches=record.state.stretches,
        steps=tuple(_steps(record, words, names)),
        about=tuple(_about(first.detail)) if first else (),
        open_spans=segments(calendar, start - BEYOND, end + BEYOND) if calendar else (),
        zone=calendar.version_at(at).zone if calendar else "",
        ends_at=end,
        has_words=bool(words),
        customer=record.head.customer_id,
        revealed_until=revealed_until,
    )


def _parent(record: InvestigationRecord) -> tuple[Related, ...]:
    """Return the inquiry an investigation is about, if it is in this workspace."""
    heads = case_heads([record.head.parent_id]) if record.head.parent_id else {}
    found = list(heads.values())
    if not found:
        # The sheet named it before the desk's own log was brought in: by its key it is found.
        first = next((step for step in record.steps if step.kind == "filed"), None)
        named = str(first.detail.get(REFERENCE, "")) if first else ""
        head = named and case_head(
            workspace_id=record.head.workspace_id, record="inquiry", source_key=named
        )
        found = [head] if head else []
    return tuple(Related(head.record, head.source_key) for head in found)


def _pressing(clock: CaseClock) -> tuple[int, datetime, int]:
    """Give a clock's sort key: overdue first, then running, then paused, then all others.

    Within these, the earliest due moment comes first, or the start where nothing is due.
    """
    state, facts = clock.facts.state, clock.facts
    place = PRESSING.index(state) if state in PRESSING else len(PRESSING)
    return place, facts.due_at or facts.started_at, -clock.index


def _clocks(record: CaseRecord, judges: Sequence[Judge], at: datetime) -> Sequence[CaseClock]:
    """Return every clock of the case that an objective measures, with its explanation."""
    return [
        CaseClock(
            objective=judge.objective.name,
            title=judge.objective.title,
            version=judge.number,
            calendar=judge.calendar_name,
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


def _last_moment(record: CaseRecord, clocks: Sequence[CaseClock], at: datetime) -> datetime:
    """Return the end of the case's ribbon: the last due moment or the end of the last holder.

    While somebody holds the case, it is not before `at`.
    """
    open_still = any(stretch.until is None for stretch in record.state.stretches)
    ends = [stretch.until for stretch in record.state.stretches if stretch.until is not None]
    dues = [clock.facts.due_at for clock in clocks if clock.facts.due_at is not None]
    return max([*dues, at] if open_still or not ends else [*dues, *ends])


def _steps(
    record: CaseRecord, words: Mapping[int, str], names: Mapping[str, str]
) -> Sequence[CaseStep]:
    flags = {flag.sequence: flag.code for flag in record.state.flags}
    return [
        CaseStep(
            at=step.at,
            recorded_at=step.recorded_at,
            kind=step.kind,
            who=names.get(step.by, ""),
            role=step.role,
            tier=step.tier,
            detail=tuple(_detail(step.detail)),
            words=plain_text(words.get(step.words_id, "")) if step.words_id is not None else "",
            words_erased=step.words_id is not None and step.words_id not in words,
            doubt=str(step.detail.get("doubt", "")),
            flag=flags.get(step.sequence, ""),
            batch_id=step.batch_id,
            sequence=step.sequence,
            is_substantive=bool(step.detail.get("substantive", True)),
            corrected=bool(step.detail.get("corrected")),
        )
        for step in record.steps
    ]


def _detail(detail: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    hidden = (*UNSAID, "missing_fact") if "missing" in detail else UNSAID
    return [(name, _said(value)) for name, value in detail.items() if name not in hidden and value]


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _about(detail: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [(name, str(detail[name])) for name in ABOUT if detail.get(name)]
