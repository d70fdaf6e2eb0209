"""Reads the changes in activity lines: Chatwoot stores changes of state only as sentences.

They are written in the language of the account; English and Japanese are read. For a sentence that
is not known the result is `None`: the conversation is then flagged.

**Source:** the sentences as Chatwoot shows them to agents, in both languages.
"""

import re
from typing import Final, NamedTuple


class ActivityChange(NamedTuple):
    """What changed. In each field None means no change, and "" means nobody."""

    state: str | None = None
    assignee: str | None = None
    team: str | None = None
    to: str | None = None  # somebody or some team: which of the two, the sentence does not say
    by: str | None = None


NOTHING: Final = ActivityChange()
_STATES: Final = (
    # Most particular first: a machine's own words, then those that name a person.
    (r"resolved by system|due to .*inactivity|非アクティブ.*解決済み", "resolved"),
    (r"^System reopened|システムが会話が再開|open automatically|open by system", "open"),
    (r"^Conversation was (?:marked )?resolved by (?P<by>.+?)(?: \(.*\)|: .*)?$", "resolved"),
    (r"^Conversation was (?:reopened|marked open) by (?P<by>.+?)(?: \(.*\))?$", "open"),
    (r"^Conversation was marked as pending by (?P<by>.+)$", "pending"),
    (r"^Conversation was snoozed by (?P<by>.+)$", "snoozed"),
    (r"^(?P<by>.+?) ?によって会話(?:は解決済み|が解決)", "resolved"),
    (r"^(?P<by>.+?) ?によって会話が再開", "open"),
    (r"^(?P<by>.+?) ?によって会話が保留", "pending"),
    (r"^(?P<by>.+?) ?によって会話がスヌーズ", "snoozed"),
)
_HOLDERS: Final = (
    r"^Assigned to (?P<assignee>.+?) via (?P<team>.+?) by (?P<by>.+)$",
    r"^Assigned to (?P<to>.+?) by (?P<by>.+)$",
    r"^(?P<self>.+?) self-assigned this conversation$",
    r"^(?P<by>.+?) ?によって (?P<team>.+?) 経由で (?P<assignee>.+?) ?に割り当て",
    r"^(?P<self>.+?) ?がこの会話を自身に割り当て",
    r"^(?P<by>.+?) ?によって (?P<to>.+?) ?に割り当て",
)
_LEFT: Final = (
    (r"^Conversation unassigned by (?P<by>.+)$", "assignee"),
    (r"^Unassigned from .+ by (?P<by>.+)$", "team"),
    (r"^(?P<by>.+?) ?によって .+ ?から割り当てが解除", "team"),
    (r"^(?P<by>.+?) ?によって割り当てが解除", "assignee"),
)
_WITHOUT_EFFECT: Final = re.compile(
    r" (?:added|removed) |set the priority|changed the priority|removed the priority"
    r"|muted the conversation|unmuted|SLA policy|CSAT|not sent due to|Linear issue"
    r"|優先度|ラベル|SLAポリシー|ミュート",
    re.IGNORECASE,
)
_STATE_PATTERNS: Final = tuple((re.compile(pattern), state) for pattern, state in _STATES)
_HOLDER_PATTERNS: Final = tuple(map(re.compile, _HOLDERS))
_LEFT_PATTERNS: Final = tuple((re.compile(pattern), who) for pattern, who in _LEFT)


def change_in(line: str) -> ActivityChange | None:
    """Return the change in an activity line; None if the sentence is not known.

    A name may contain any words, so sentences are recognised by what is around the names.
    """
    text = " ".join(line.split())
    for pattern, state in _STATE_PATTERNS:
        if found := pattern.search(text):
            return ActivityChange(state=state, by=found.groupdict().get("by"))
    for pattern, who in _LEFT_PATTERNS:
        if found := pattern.search(text):
            return ActivityChange(by=found["by"], **{who: ""})
    for pattern in _HOLDER_PATTERNS:
        if found := pattern.search(text):
            named = found.groupdict()
            own = named.pop("self", None)
            return ActivityChange(assignee=own, by=own) if own else ActivityChange(**named)
    return NOTHING if _WITHOUT_EFFECT.search(text) else None
