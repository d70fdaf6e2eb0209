"""Who had the work of a case at which time, and when its clock was paused."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HolderStretch:
    """A period in which one holder had the work (`until` None: still has it).

    `holder` is `tier:N`, `customer`, `third_party` or `filer`. Periods do not overlap and leave no
    gaps: at every moment before the end of a case there is exactly one.
    """

    holder: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CasePause:
    """A period in which the clock may be paused.

    `reason` is `sent_back`, `customer`, `third_party` or `problem`.
    """

    reason: str
    since: datetime
    until: datetime | None


@dataclass(slots=True)
class HolderHistory:
    """Collects a case's holders and pauses while its steps are read in order."""

    holder: str | None = None
    held_since: datetime | None = None
    rest: tuple[str, datetime] | None = None
    stretches: list[HolderStretch] = field(default_factory=list)
    pauses: list[CasePause] = field(default_factory=list)

    def hold(self, holder: str | None, at: datetime) -> None:
        """Record that `holder` has the work from the moment `at` on (None: the work is done)."""
        if holder == self.holder:
            return
        if self.holder is not None and self.held_since is not None and self.held_since < at:
            self.stretches.append(HolderStretch(self.holder, self.held_since, at))
        self.holder, self.held_since = holder, at

    def begin_rest(self, reason: str, at: datetime) -> None:
        """Begin a pause of the clock; a pause that was still open ends here."""
        self.end_rest(at)
        self.rest = (reason, at)

    def end_rest(self, at: datetime) -> None:
        """End the open pause, if there is one."""
        if self.rest is not None:
            reason, since = self.rest
            if since < at:
                self.pauses.append(CasePause(reason, since, at))
            self.rest = None

    def all_pauses(self) -> tuple[CasePause, ...]:
        """Return every pause so far, including the open one."""
        still = [CasePause(self.rest[0], self.rest[1], None)] if self.rest else []
        return (*self.pauses, *still)

    def all_stretches(self) -> tuple[HolderStretch, ...]:
        """Return every holder's period so far, including the open one."""
        if self.holder is None or self.held_since is None:
            return tuple(self.stretches)
        return (*self.stretches, HolderStretch(self.holder, self.held_since, None))
