"""What every case's life has: who held the work, and when the clock might rest."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HolderStretch:
    """Who held the work from when to when (`until` None: still).

    `holder` is `tier:N`, `customer`, `third_party` or `filer`. Stretches partition a life: at every
    moment before the end exactly one of them holds.
    """

    holder: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CasePause:
    """A time the clock may rest, and why: sent_back, customer, third_party or problem."""

    reason: str
    since: datetime
    until: datetime | None


@dataclass(slots=True)
class HolderHistory:
    """Stretches and rests while they are being read, step by step."""

    holder: str | None = None
    held_since: datetime | None = None
    rest: tuple[str, datetime] | None = None
    stretches: list[HolderStretch] = field(default_factory=list)
    pauses: list[CasePause] = field(default_factory=list)

    def hold(self, holder: str | None, at: datetime) -> None:
        """Hand the work to a holder (None: nobody, it is done)."""
        if holder == self.holder:
            return
        if self.holder is not None and self.held_since is not None and self.held_since < at:
            self.stretches.append(HolderStretch(self.holder, self.held_since, at))
        self.holder, self.held_since = holder, at

    def begin_rest(self, reason: str, at: datetime) -> None:
        """Let the clock rest; a rest that was on ends here."""
        self.end_rest(at)
        self.rest = (reason, at)

    def end_rest(self, at: datetime) -> None:
        """Let the clock run again."""
        if self.rest is not None:
            reason, since = self.rest
            if since < at:
                self.pauses.append(CasePause(reason, since, at))
            self.rest = None

    def all_pauses(self) -> tuple[CasePause, ...]:
        """Give every rest so far, the one still on included."""
        still = [CasePause(self.rest[0], self.rest[1], None)] if self.rest else []
        return (*self.pauses, *still)

    def all_stretches(self) -> tuple[HolderStretch, ...]:
        """Give every stretch so far, the one still on included."""
        if self.holder is None or self.held_since is None:
            return tuple(self.stretches)
        return (*self.stretches, HolderStretch(self.holder, self.held_since, None))
