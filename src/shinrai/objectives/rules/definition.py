"""An objective: which clock it measures, the time allowed, the window and the target."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from shinrai.objectives.rules.windows import Window

ClockName = Literal[
    "investigation",
    "first_reply",
    "next_reply",
    "resolution_first",
    "resolution_full",
    "acknowledgement",
    "held",
]
Mode = Literal["via_cs", "direct", "proactive"]
PauseKind = Literal["sent_back", "customer", "third_party", "problem"]
Reading = Literal["close", "same_time"]

CLOCKS: tuple[str, ...] = get_args(ClockName)
MODES: tuple[str, ...] = get_args(Mode)
PAUSES: tuple[str, ...] = get_args(PauseKind)
READINGS: tuple[str, ...] = get_args(Reading)


@dataclass(frozen=True)
class BusinessDays:
    """A number of business days allowed, and at what time on the last one the clock is due.

    `by` is `close`: when the desk closes on the n-th counted business day (n営業日以内);
    or `same_time`: at the clock time of the start, n business days later, moved to the first moment
    the clock runs.
    """

    days: int
    by: Reading


@dataclass(frozen=True)
class BusinessSeconds:
    """An amount of open time allowed, in seconds."""

    seconds: int


Within = BusinessDays | BusinessSeconds


@dataclass(frozen=True)
class ClockDefinition:
    """Which clock is measured, by which calendar, how much time it has, and what pauses it.

    `calendar` is the name of a saved calendar, or a calendar document written inline.
    """

    clock: ClockName
    mode: Mode
    within: Within
    calendar: str | Mapping[str, Any]
    pauses: tuple[PauseKind, ...] = ()
    tier: int | None = None


@dataclass(frozen=True)
class Objective:
    """A promise (SLO): in every window at least the share `target` of clocks is kept."""

    name: str
    service: str
    clock: ClockDefinition
    window: Window
    target: Fraction
    display_name: str = ""
    description: str = ""
    indicator_name: str = ""
    alert_policies: tuple[Any, ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the name shown to people: `display_name`, or else `name`."""
        return self.display_name or self.name
