"""The fold of an initiative's steps: its state, its grade, and why the grade is no higher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from shinrai.initiatives.rules.declaration import (
    ASIDE,
    Declaration,
    changed_fields,
    declaration_in,
)
from shinrai.units.text import Text

State = Literal["declared", "running", "over", "closed", "not_measured"]
STATES: Final[dict[str, Text]] = {
    "declared": Text("declared", context="initiative"),
    "running": Text("under way"),
    "over": Text("over, to be closed"),
    "closed": Text("closed", context="initiative"),
    "not_measured": Text("not measured"),
}
GRADES: Final = {
    "none": Text("none", context="grade"),
    "measured": Text("measured", context="grade"),
    "association": Text("association", context="grade"),
}
ORDER: Final = tuple(GRADES)


@dataclass(frozen=True)
class DeclaredStep:
    """A step as it is stored; `on` is its date in the workspace's zone."""

    kind: str
    document: dict[str, Any]
    digest: str
    at: datetime
    on: date
    by: str


@dataclass(frozen=True)
class Amendment:
    """A later declaration: which fields it changed, why, and whether the grade fell by it."""

    step: DeclaredStep
    old: Declaration
    new: Declaration
    changed: tuple[str, ...]
    lowers: bool

    @property
    def reason(self) -> str:
        """Return why it was amended."""
        return str(self.step.document["reason"])

    @property
    def pairs(self) -> list[tuple[str, Any, Any]]:
        """Return what changed: field, before, after."""
        before, after = self.old.document, self.new.document
        return [(name, before.get(name, ""), after.get(name, "")) for name in self.changed]


@dataclass(frozen=True)
class InitiativeRecord:
    """An initiative as its steps say: `declaration` None where it is declared *not measured*."""

    key: str
    name: str
    owner: str
    state: State
    declaration: Declaration | None
    digest: str
    declared: DeclaredStep
    amendments: tuple[Amendment, ...]
    notes: tuple[DeclaredStep, ...]
    closed: DeclaredStep | None
    reason: str = ""

    @property
    def next_on(self) -> date | None:
        """Return the date on which something is to be done next: its start, or its end."""
        if self.declaration is None or self.state in ("closed", "over"):
            return None
        is_ahead = self.state == "declared"
        return self.declaration.starts_on if is_ahead else self.declaration.ends_on


def progress_of(key: str, steps: Sequence[DeclaredStep], *, today: date) -> InitiativeRecord:
    """Fold the steps of one initiative, the oldest first."""
    first = steps[0]
    notes = tuple(one for one in steps if one.kind == "noted")
    closed = next((one for one in steps if one.kind == "closed"), None)
    if first.kind == "not_measured":
        said = first.document
        return InitiativeRecord(
            key, said["name"], said["owner"], "not_measured", None, first.digest, first, (),
            notes, closed, said["reason"],
        )  # fmt: skip
    current = declaration_in(first.document)
    # Frozen is the window that was declared: moving the start later does not thaw it.
    frozen_on, amendments, digest = current.starts_on, [], first.digest
    for step in steps:
        if step.kind == "amended":
            new = declaration_in(step.document["declaration"])
            changed = changed_fields(current, new)
            lowers = step.on >= frozen_on and not ASIDE.issuperset(changed)
            amendments.append(Amendment(step, current, new, changed, lowers))
            if step.on < frozen_on:
                frozen_on = new.starts_on
            current, digest = new, step.digest
    state: State = "closed" if closed else "over" if today > current.ends_on else "running"
    if today < current.starts_on and not closed:
        state = "declared"
    return InitiativeRecord(
        key, current.name, current.owner, state, current, digest, first, tuple(amendments), notes,
        closed,
    )  # fmt: skip


@dataclass(frozen=True)
class Grade:
    """How strong the evidence is at most, and why it is no stronger."""

    key: str
    why: tuple[Text, ...]

    @property
    def words(self) -> Text:
        """Return the name of the grade."""
        return GRADES[self.key]


def grade_of(found: InitiativeRecord, *, is_mismatched: bool = False) -> Grade:
    """Return the grade that what was declared can have at most (MEASURES §8).

    With a comparison beside it, it is an association; without, a measurement. An amendment after
    the start that changes how it is judged takes one off, as does an assignment that is broken.
    """
    if found.declaration is None:
        return Grade("none", (Text("it was declared not measured"),))
    place, why = ORDER.index("association"), []
    if found.declaration.design == "none":
        place = ORDER.index("measured")
        why.append(Text("nobody stands beside it who went without"))
    else:
        why.append(Text("what the design proves is judged apart from this page"))
    if any(one.lowers for one in found.amendments):
        place -= 1
        why.append(Text("how it is judged was changed after the start"))
    if is_mismatched:
        place -= 1
        why.append(Text("the arms do not have the sizes they should"))
    return Grade(ORDER[max(place, 0)], tuple(why))
