"""Notices: which events are told, to whom, when, and in which words.

A notice says the key of a case, what happened, and until when it is due: never what a customer
wrote, a title, or a customer's name, whichever way it leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shinrai.console.rules.wording import moment_text, visible_words
from shinrai.desk.rules.attributes import MOVES, OPENINGS, STAFF, attributes_of
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.rules.sentences.standings import LEVELS
from shinrai.privacy.rules.masking import mask
from shinrai.units.errors import UserError
from shinrai.units.moments import QuietHours
from shinrai.units.text import Language, Text, translated

TIERS: Final = (1, 2, 3)
FEW: Final = 5  # notices that one run sends a reader one by one; more are told in one
LISTED: Final = 20
LONGEST_KEY: Final = 80

WHAT: Final[dict[str, Text]] = {
    "assigned": Text("{key} was assigned to you"),
    "escalated": Text("{key} was escalated to your line"),
    "returned": Text("{key} was returned to your line"),
    "inbound": Text("{key} has a new message"),
    "sent_back": Text("{key} was sent back: facts are missing"),
    "answered": Text("{key} was answered"),
    "contradicted": Text("{key}: its answer was contradicted"),
    "reopened": Text("{key} was reopened"),
    "resubmitted": Text("{key} was resubmitted"),
    "at_risk": Text("{key} is at risk: {value} % of its time is used up"),
    "overdue": Text("{key} is overdue"),
    "still_overdue": Text("{key} is still overdue"),
    "alarm": Text("{key}: {level}"),
    "level": Text("{key}, escalation level {value}: {level}"),
    "calm": Text("{key}: no level of the escalation policy holds any more"),
    "test": Text("This is a test: notices arrive here"),
}
# The same where many read it, of whom nobody is "you".
TO_ALL: Final[dict[str, Text]] = {
    "assigned": Text("{key} was assigned"),
    "escalated": Text("{key} was escalated"),
    "returned": Text("{key} was returned"),
}
# What happens to a case in somebody's hands without their doing, as its clocks do.
OF_OWN: Final = ("returned", "contradicted", "inbound")
STEPS: Final = (
    *("assigned", "escalated", "sent_back", "answered", "reopened", "resubmitted"),
    *OF_OWN,
)
WHY: Final[dict[str, Text]] = {
    "assignee": Text("You work on it."),
    "filer": Text("You filed it."),
    "on_duty": Text("You are on duty this week."),
    "lead": Text("You lead this line."),
    "manager": Text("You manage this workspace."),
    "test": Text("You asked for it."),
}
WANTS: Final[dict[str, Text]] = {
    "all": Text("everything that concerns me"),
    "own": Text("only my own cases: at risk, overdue, returned, contradicted, a new message"),
    "none": Text("no mail"),
}
CHANNEL_WANTS: Final[dict[str, Text]] = {
    "all": Text("everything"),
    "own": Text("only at risk, overdue and alarms"),
}


class UnusableNotices(UserError, ValueError):
    """The settings of notices cannot be so."""


@dataclass(frozen=True)
class NoticePlan:
    """What a workspace has set: the share that is at risk, when the lead is told, quiet hours."""

    at_risk_percent: int = 75
    lead_after: timedelta = timedelta(hours=2)  # business time past the due moment
    quiet: QuietHours = field(default_factory=QuietHours)

    def checked(self) -> "NoticePlan":
        """Return the plan itself.

        Raises: UnusableNotices.
        """
        if not 1 <= self.at_risk_percent <= 99:
            raise UnusableNotices(Text("The share must be from 1 to 99 %."))
        if not timedelta(0) < self.lead_after <= timedelta(hours=100):
            raise UnusableNotices(Text("The lead is told after 1 minute to 100 hours."))
        if (self.quiet.since is None) != (self.quiet.until is None):
            raise UnusableNotices(Text("Quiet hours need both a beginning and an end."))
        if len(self.quiet.days_off) == 7:
            raise UnusableNotices(Text("At least one day of the week must not be a day off."))
        return self


@dataclass(frozen=True)
class CaseHands:
    """In whose hands a case is: the person, if one was named, the tier, and who filed it."""

    person: str
    tier: int
    filer: str


def hands_of(record: str, steps: Sequence[Step]) -> CaseHands:
    """Return in whose hands the valid steps of a case leave it.

    Who had it before it went to another tier has it no more, unless that step names them.
    """
    opening = next((step for step in steps if step.kind in OPENINGS), None)
    moves = [step for step in steps if step.kind in MOVES]
    person = attributes_of(steps).person
    if moves and moves[-1].kind != "assigned":
        named = str(moves[-1].detail.get("to", ""))
        person = named if STAFF.fullmatch(named) else ""
    tiers = [step.tier for step in (*([opening] if opening else []), *moves) if step.tier]
    usual = 2 if record == "investigation" else 1
    return CaseHands(person, tiers[-1] if tiers else usual, opening.by if opening else "")


@dataclass(frozen=True)
class ToldEvent:
    """Something to be told: what happened to a case or an objective.

    `subject` is `case-12` or `objective-KEY`; `mark` tells it from others of its kind; `value` is
    the share used up, or the level; `path` leads to its page within the workspace.
    """

    kind: str
    subject: str
    mark: str
    key: str = ""
    path: str = ""
    value: int = 0
    due_at: datetime | None = None
    objective: str = ""
    record: str = ""
    phase: str = ""
    holder: str = ""

    @property
    def name(self) -> str:
        """Return its name, under which it is told once."""
        return f"{self.subject}:{self.kind}:{self.mark}"

    def what(self, *, is_to_all: bool = False) -> Text:
        """Return what happened, as a sentence without its full stop."""
        said = TO_ALL.get(self.kind, WHAT[self.kind]) if is_to_all else WHAT[self.kind]
        key = visible_words(mask(self.key))
        short = key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - 1]}…"
        level = LEVELS.get(self.value, LEVELS[2])  # type: ignore[call-overload]
        return said.using(key=short, value=self.value, level=level)


def is_wanted(wants: str, kind: str, *, is_own: bool) -> bool:
    """Return whether a member wants to be told of a kind of event."""
    if wants == "own":
        return is_own and (kind not in STEPS or kind in OF_OWN)
    return wants == "all" or kind == "test"


def is_posted(wants: str, kind: str) -> bool:
    """Return whether a channel of people wants to be told of a kind of event."""
    return kind in WHAT and (wants == "all" or kind not in STEPS)


@dataclass(frozen=True)
class NoticeWords:
    """Writes notices in a language and a zone, for one workspace, as they leave."""

    workspace: str
    slug: str
    zone: str
    address: str
    language: Language
    at: datetime

    def subject(self, event: ToldEvent) -> str:
        """Return the subject of a mail."""
        said = Text("[{workspace}] {what}", workspace=self.workspace, what=self._what(event))
        return visible_words(translated(said, self.language))

    def text(self, event: ToldEvent, why: str) -> str:
        """Return the text of a mail."""
        return self._joined([self._what(event), self.link(event.path)], why)

    def subject_of(self, events: Sequence[ToldEvent]) -> str:
        """Return the subject of a mail about many events."""
        said = Text(
            "[{workspace}] {count} notice", "[{workspace}] {count} notices",
            workspace=self.workspace, count=len(events),
        )  # fmt: skip
        return visible_words(translated(said, self.language))

    def list_of(self, events: Sequence[ToldEvent], *, is_to_all: bool = False) -> str:
        """Return lines about many events, the first ones alone if there are very many."""
        said = [self._what(one, is_to_all=is_to_all) for one in events[:LISTED]]
        lines = [f"- {translated(one, self.language)}" for one in said]
        if len(events) > LISTED:
            more = Text("and {count} more", count=len(events) - LISTED)
            lines.append(f"- {translated(more, self.language)}")
        return "\n".join([*lines, "", self.link("queue/")])

    def text_of(self, events: Sequence[ToldEvent], why: str) -> str:
        """Return the text of a mail about many events."""
        return self._joined([self.list_of(events)], why)

    def slack(self, events: Sequence[ToldEvent]) -> str:
        """Return the text of a chat message; what would be markup there is harmless."""
        [first, *more] = events
        what = translated(self._what(first, is_to_all=True), self.language)
        said = self.list_of(events, is_to_all=True) if more else f"{what}\n{self.link(first.path)}"
        return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def _what(self, event: ToldEvent, *, is_to_all: bool = False) -> Text:
        said = event.what(is_to_all=is_to_all)
        if event.due_at is None:
            return said
        due = moment_text(event.due_at, zone=self.zone, near=self.at)
        return Text("{what}; due {due}", what=said, due=due)

    def link(self, path: str) -> str:
        """Return the address of a page of the workspace."""
        return f"{self.address}/w/{self.slug}/{path}"

    def _joined(self, parts: Iterable[Text | str], why: str) -> str:
        said = [translated(part, self.language) for part in parts]
        zone = Text("Moments are in the zone {zone}.", zone=self.zone)
        ends = [translated(part, self.language) for part in (WHY[why], zone)]
        change = translated(Text("What you are told of, you choose here:"), self.language)
        return "\n\n".join([*said, " ".join(ends), f"{change} {self.link('notices/')}"]) + "\n"
