"""What a person may do with a case: one table of actions, narrowed by phase, role and source.

The phases in which a step fits stand in `inquiries.rules.kinds` and `investigations.rules.kinds`;
this table says which step an action appends, what it asks for, and whom it is permitted to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shinrai.accounts.rules.permission import PERMITTED, Permission
from shinrai.accounts.rules.role import TIERS, Role
from shinrai.inquiries.rules.kinds import MAY as INQUIRY_MAY
from shinrai.investigations.rules.kinds import MAY as INVESTIGATION_MAY
from shinrai.units.errors import UserError
from shinrai.units.text import Text

OURS: Final = "shinrai"  # the source of cases that are worked here


class ActionRefused(UserError, ValueError):
    """This action is not possible now, or not for this person; the text says what is."""


class ActionForbidden(ActionRefused):
    """The role of this person does not permit the action."""


@dataclass(frozen=True)
class CaseAction:
    """An action: the step it appends, who may take it, and the fields its form asks for.

    A field with a question mark may stay empty. `in_source`: also possible with a case that
    belongs to another desk or a sheet, as it says nothing that only the source may say.
    """

    key: str
    record: str
    kind: str
    permissions: frozenset[Permission]
    title: Text
    done: Text
    fields: tuple[str, ...] = ()
    in_source: bool = False

    @property
    def phases(self) -> tuple[str, ...]:
        """Return the phases of a case in which the action is possible."""
        may = INQUIRY_MAY if self.record == "inquiry" else INVESTIGATION_MAY
        return tuple(may[self.kind])


_FILE = frozenset({Permission.FILE_INVESTIGATION})
_WORK = frozenset({Permission.WORK_ON_INVESTIGATION})
_REPLY = frozenset({Permission.ANSWER_INQUIRY})
_EITHER = _REPLY | _WORK  # a product engineer holds an inquiry too, and hands it back

_Row = tuple[str, str, frozenset[Permission], Text, Text, tuple[str, ...]]


def _common(who: frozenset[Permission]) -> tuple[_Row, ...]:
    """Return what can be done with either record, after what is usual with each."""
    return (
        ("take", "assigned", who, Text("Assign to me"), Text("Assigned to you."), ()),
        ("assign", "assigned", who, Text("Assign"), Text("Assigned."), ("person",)),
        (
            "consult",
            "consulted",
            who,
            Text("Ask a higher line"),
            Text("Asked. The case stays where it is."),
            ("tier", "words"),
        ),
        ("escalate", "escalated", who, Text("Escalate"), Text("Escalated."), ("tier", "words")),
        ("return", "returned", who, Text("Hand back"), Text("Handed back."), ("tier", "words")),
        ("wait", "waiting", who, Text("Wait"), Text("It waits."), ("on", "words?")),
        ("resume", "resumed", who, Text("Resume"), Text("It goes on."), ()),
        ("note", "note", _FILE, Text("Note"), Text("Noted."), ("words", "files?")),
        (
            "exempt",
            "exempted",
            who,
            Text("Exempt a clock from the target"),
            Text("Exempted. Objectives show their share with it and without."),
            ("clock", "words"),
        ),
    )


_INVESTIGATION: Final[tuple[_Row, ...]] = (
    (
        "answer",
        "answered",
        _WORK,
        Text("Answer"),
        Text("Answered. CS can send the plain words on."),
        ("verdict", "technical", "links?", "plain", "files?"),
    ),
    (
        "resubmit",
        "resubmitted",
        _FILE,
        Text("Resubmit"),
        Text("Resubmitted. The clock runs again."),
        ("facts", "words?", "files?"),
    ),
    ("acknowledge", "acknowledged", _WORK, Text("Take up"), Text("Taken up."), ()),
    (
        "finding",
        "finding",
        _WORK,
        Text("Record a finding"),
        Text("The finding is recorded."),
        ("verdict", "technical", "links?", "files?"),
    ),
    (
        "send_back",
        "sent_back",
        _WORK,
        Text("Send back"),
        Text("Sent back. The clock pauses until it is resubmitted."),
        ("missing", "words?"),
    ),
    *_common(_WORK),
    (
        "record_deed",
        "action_taken",
        _WORK,
        Text("Record an action taken"),
        Text("The action is recorded."),
        ("words", "files?"),
    ),
    (
        "contradict",
        "contradicted",
        _FILE,
        Text("Contradict the answer"),
        Text("The answer counts as contradicted."),
        ("words",),
    ),
    (
        "reopen",
        "reopened",
        _FILE,
        Text("Reopen"),
        Text("Reopened. A new clock runs from now."),
        ("words",),
    ),
    ("withdraw", "withdrawn", _FILE, Text("Withdraw"), Text("Withdrawn."), ("words",)),
)
_INQUIRY: Final[tuple[_Row, ...]] = (
    (
        "reply",
        "outbound",
        _REPLY,
        Text("Reply"),
        Text("The reply is recorded."),
        ("message", "then", "files?"),
    ),
    ("solve", "solved", _REPLY, Text("Solve"), Text("Solved."), ()),
    (
        "record_message",
        "inbound",
        _REPLY,
        Text("The customer wrote"),
        Text("The customer's message is recorded."),
        ("message", "files?"),
    ),
    *_common(_EITHER),
    (
        "split",
        "split",
        _REPLY,
        Text("Split off another matter"),
        Text("Split off. The new inquiry counts from when this one arrived."),
        ("message",),
    ),
    (
        "merge",
        "cancelled",
        _REPLY,
        Text("Merge into another inquiry"),
        Text("Merged. The other inquiry counts from the earlier of both."),
        ("into",),
    ),
    (
        "cancel",
        "cancelled",
        _REPLY,
        Text("Cancel"),
        Text("Cancelled."),
        ("cancelled_for", "into?"),
    ),
    (
        "reopen",
        "reopened",
        _REPLY,
        Text("Reopen"),
        Text("Reopened. A new clock runs from now."),
        ("words?",),
    ),
    ("restore", "restored", _REPLY, Text("Restore"), Text("Restored."), ()),
)
IN_SOURCE: Final = ("exempt", "note")


ACTIONS: Final[dict[tuple[str, str], CaseAction]] = {
    (record, row[0]): CaseAction(row[0], record, *row[1:], in_source=row[0] in IN_SOURCE)
    for record, rows in (("investigation", _INVESTIGATION), ("inquiry", _INQUIRY))
    for row in rows
}


def actions_of_kind(record: str, kind: str) -> tuple[str, ...]:
    """Return the keys of the actions on such a record that append a step of this kind."""
    return tuple(one.key for (of, _), one in ACTIONS.items() if (of, one.kind) == (record, kind))


def tier_of(roles: Iterable[Role]) -> int | None:
    """Return the line of support of somebody with these roles, the highest; None: they lead."""
    return max((TIERS[role] for role in roles if role in TIERS), default=None)


def step_role(roles: Iterable[Role]) -> str:
    """Return the role that the steps of somebody with these roles are recorded with."""
    return "agent" if Role.CS_AGENT in roles else "engineer"


def is_ours(source: str) -> bool:
    """Tell whether a case is worked here, not in the desk or sheet that it came from."""
    return source == OURS


def tiers_for(action: CaseAction, tier: int | None) -> tuple[int, ...]:
    """Return the lines that an action can name where this line holds the case.

    An investigation is never handed to CS, who filed it: it is sent back.
    """
    lowest = 1 if action.record == "inquiry" else 2
    lines = range(lowest, max(TIERS.values()) + 1)
    if action.key == "return":
        return tuple(one for one in lines if one < (tier or lowest))
    return tuple(one for one in lines if one > (tier or 0))


@dataclass(frozen=True)
class CaseState:
    """What the possible actions depend on: which case, whose, its phase, and who holds it."""

    record: str
    source: str
    phase: str
    tier: int | None


def possible_actions(case: CaseState, roles: Iterable[Role]) -> tuple[CaseAction, ...]:
    """List what somebody with these roles may do with a case now, the usual first."""
    held = tuple(roles)
    return tuple(
        one
        for (record, _key), one in ACTIONS.items()
        if record == case.record
        and case.phase in one.phases
        and (one.in_source or is_ours(case.source))
        and _is_permitted(one, held)
        and ("tier" not in one.fields or tiers_for(one, case.tier))
    )


def allowed_action(key: str, case: CaseState, roles: Iterable[Role]) -> CaseAction:
    """Return the action of this name if it is possible now.

    Raises: ActionRefused, which says why it is not, and what is possible.
    """
    held = tuple(roles)
    possible = possible_actions(case, held)
    found = ACTIONS.get((case.record, key))
    if found in possible and found is not None:
        return found
    titles = [one.title for one in possible] or Text("nothing")
    if found is None:
        raise ActionRefused(
            Text("there is no action {key!r}; possible now: {possible}", key=key, possible=titles)
        )
    if not (found.in_source or is_ours(case.source)):
        raise ActionRefused(
            Text(
                "this case is worked in {source}: {title} comes from there; possible here: "
                "{possible}",
                source=case.source,
                title=found.title,
                possible=titles,
            )
        )
    if not _is_permitted(found, held):
        raise ActionForbidden(
            Text(
                "your role does not permit this: {title}; possible for you: {possible}",
                title=found.title,
                possible=titles,
            )
        )
    raise ActionRefused(
        Text(
            "{title} cannot follow now: the case is {phase}; possible: {possible}",
            title=found.title,
            phase=phase_text(case.phase),
            possible=titles,
        )
    )


def _is_permitted(action: CaseAction, roles: tuple[Role, ...]) -> bool:
    return any(not PERMITTED[one].isdisjoint(roles) for one in action.permissions)


PHASES: Final = {
    "unfiled": Text("not filed"),
    "unreceived": Text("not received"),
    "open": Text("open"),
    "waiting": Text("waiting"),
    "sent_back": Text("sent back"),
    "solved": Text("solved"),
    "closed": Text("closed"),
    "cancelled": Text("cancelled"),
    "answered": Text("answered", context="phase"),
    "withdrawn": Text("withdrawn", context="phase"),
}


def phase_text(phase: str) -> Text:
    """Return the name of a phase."""
    return PHASES.get(phase, Text("{phase}", phase=phase))
