"""What an objective says: which clock, how long it may take, in which window, how often kept."""

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
    """So many business days, by one of the two readings (n営業日以内)."""

    days: int
    by: Reading


@dataclass(frozen=True)
class BusinessSeconds:
    """So much open time."""

    seconds: int


Within = BusinessDays | BusinessSeconds


@dataclass(frozen=True)
class ClockDefinition:
    """Which clock runs, on which calendar, for how long, and what stops it for a while.

    `calendar` is the name of a saved calendar, or the calendar's own document written inline.
    """

    clock: ClockName
    mode: Mode
    within: Within
    calendar: str | Mapping[str, Any]
    pauses: tuple[PauseKind, ...] = ()
    tier: int | None = None


@dataclass(frozen=True)
class Objective:
    """A promise (SLO): this share of clocks is kept in every window."""

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
        """Give the name people read."""
        return self.display_name or self.name
