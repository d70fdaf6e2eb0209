"""What programs send about cases, and what they are answered."""

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.api.fields import Line, Moment, Words
from shinrai.api.problems import Problem
from shinrai.desk.queries.rows import ROW_GROUPS
from shinrai.desk.rules.actions import ACTIONS
from shinrai.desk.rules.case_facts import FACT, MOST_FACTS
from shinrai.inquiries.rules.corrections import WHYS
from shinrai.inquiries.rules.kinds import CHANNELS, MODES, WAITING_ON
from shinrai.units.text import Text

LABELLED: Final = "labelled"  # by no action of the table: also possible with a case of elsewhere
KINDS: Final = (*sorted({one.kind for one in ACTIONS.values()}), LABELLED)
STATES: Final = (*ROW_GROUPS, "open", "waiting", "sent_back")


class StrictBody(Schema):
    """A body without fields that nobody asked for: a name misspelt is refused, not passed over."""

    model_config: ClassVar = ConfigDict(extra="forbid")


class Reported(StrictBody):
    """Something that may have happened before it is reported."""

    at: Moment | None = Field(None, description="When it happened; needs the scope backfill.")


class FiledBody(Reported):
    """An investigation to file; `kinds` lists the kinds and the facts each needs."""

    title: Line
    text: Words
    kind: Line = "other"
    facts: dict[Line, Words] = Field(default_factory=dict, max_length=MOST_FACTS)
    inquiry: Line = ""
    priority: Line = ""
    service: Line = ""


class ReceivedBody(Reported):
    """An inquiry that came, or a case we open ourselves (mode proactive)."""

    text: Words
    title: Line = ""
    mode: Literal[MODES] = "via_cs"  # type: ignore[valid-type]
    channel: Literal[CHANNELS] = "other"  # type: ignore[valid-type]
    customer: Line = ""
    account: Line = ""
    facts: dict[Line, Words] = Field(default_factory=dict, max_length=MOST_FACTS)
    priority: Line = ""
    service: Line = ""


class StepBody(Reported):
    """A step to take: its kind, and what the action that appends it asks for (see `actions`).

    `action` decides where several append such a step. `seen` is the newest step the caller knows:
    if the case has a newer one, the step is refused.
    """

    kind: Literal[KINDS]  # type: ignore[valid-type]
    action: Line | None = None
    seen: int | None = Field(None, ge=0, lt=1 << 63)
    verdict: Line | None = None
    technical: Words | None = None
    links: list[Line] | None = None
    plain: Words | None = None
    facts: dict[Line, Words] | None = None
    words: Words | None = None
    missing: list[Line] | None = None
    person: Line | None = None
    tier: int | None = None
    on: Line | None = None
    clock: Line | None = None
    message: Words | None = None
    then: Line | None = None
    into: Line | None = None
    cancelled_for: Line | None = None
    topic: Line | None = Field(None, description="Of a step labelled: the key of the topic.")

    @property
    def given(self) -> dict[str, str]:
        """Return the fields of the action as a form would send them."""
        told = self.model_dump(exclude={"at", "kind", "action", "seen", "facts"}, exclude_none=True)
        facts = {FACT + name: value for name, value in (self.facts or {}).items()}
        return {name: _typed(value) for name, value in told.items()} | facts


class CorrectionBody(StrictBody):
    """What a step should have said: one of the four, and why."""

    why: Literal[WHYS]  # type: ignore[valid-type]
    substantive: bool | None = Field(None, description="Whether a message counts.")
    topic: Line | None = Field(None, description="What a label should have said.")
    on: Literal[tuple(sorted(WAITING_ON))] | None = None  # type: ignore[valid-type]
    gone: Literal[True] | None = Field(None, description="This label or wait never was.")

    @property
    def change(self) -> dict[str, Any]:
        """Return the correction. Raises: Problem if it is not exactly one."""
        told = self.model_dump(exclude={"why"}, exclude_none=True)
        if len(told) != 1:
            names = ("substantive", "topic", "on", "gone")
            raise Problem(422, Text("send exactly one of: {names}", names=names))
        return told


class CaseAnswer(Schema):
    """How a case stands: who holds it, since when it counts, when it is due, and all its clocks."""

    key: str
    record: str
    phase: str
    holder: str | None
    effective_at: datetime | None
    due_at: datetime | None
    clocks: list[dict[str, Any]]
    seen: int


class StepAnswer(CaseAnswer):
    """How a case stands after an action, and the numbers of the steps that it appended."""

    steps: list[int]


class CaseReading(CaseAnswer):
    """A case in full; words are masked."""

    title: str
    source: str
    assignee: str
    verdict: str | None
    contradicted: bool
    about: dict[str, str]
    related: list[dict[str, str]]
    steps: list[dict[str, Any]]


class CaseFilters(Schema):
    """Which open cases are listed, and in which order."""

    state: Literal[STATES] | None = None  # type: ignore[valid-type]
    holder: Line | None = None
    due_before: Moment | None = None
    sort: Literal["due", "-due", "case", "-case", "age", "-age"] = "due"


def _typed(value: str | int | list[str]) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)
