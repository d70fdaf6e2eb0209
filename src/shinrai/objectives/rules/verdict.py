"""Verdicts: the counts of a window when it closed, and what a later computation would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from shinrai.objectives.rules.budget import attainment
from shinrai.objectives.rules.counts import WindowCounts
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.errors import Misuse
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown


class WindowStillOpen(Misuse, ValueError):
    """A window that has not ended has no verdict."""


@dataclass(frozen=True)
class Verdict:
    """The counts of a window as frozen at its close; later corrections do not change it."""

    objective: str
    version: int
    span: WindowSpan
    target: Fraction
    kept: int
    missed: int
    overdue: int
    exempt: int
    frozen_at: datetime
    table_versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> Share:
        """Return the share of due clocks that were kept."""
        return Share(self.kept, self.kept + self.missed + self.overdue)

    @property
    def is_met(self) -> bool | Unknown:
        """Return whether the target was met."""
        return attainment(self.share, self.target).is_met


@dataclass(frozen=True)
class Recomputation:
    """What a later computation counts for a window whose verdict is frozen."""

    verdict: Verdict
    share: Share
    computed_at: datetime

    @property
    def differs(self) -> bool:
        """Return whether the counts changed since the verdict."""
        return self.share != self.verdict.share

    @property
    def is_met(self) -> bool | Unknown:
        """Return whether the target would be met by what is known now."""
        return attainment(self.share, self.verdict.target).is_met

    @property
    def turns(self) -> bool:
        """Return whether the target would be met now and was not then, or the reverse."""
        return self.is_met != self.verdict.is_met


def freeze(
    *,
    objective: str,
    version: int,
    span: WindowSpan,
    target: Fraction,
    counts: WindowCounts,
    table_versions: Mapping[str, int],
    at: datetime,
) -> Verdict:
    """Return the verdict of a finished window.

    Raises: WindowStillOpen.
    """
    if at < span.end:
        raise WindowStillOpen(
            f"the window ends at {span.end.isoformat()}; a verdict can be frozen from then on"
        )
    return Verdict(
        objective=objective,
        version=version,
        span=span,
        target=target,
        kept=counts.kept,
        missed=counts.missed,
        overdue=counts.overdue,
        exempt=counts.exempt_kept + counts.exempt_missed,
        frozen_at=at,
        table_versions=dict(table_versions),
    )


def recompute(verdict: Verdict, counts: WindowCounts, *, at: datetime) -> Recomputation:
    """Return what is counted now beside a frozen verdict, which itself is not changed."""
    return Recomputation(verdict=verdict, share=counts.share, computed_at=at)
