"""What became of it: two groups held against each other, and the first sentence of the page."""

from dataclasses import dataclass
from typing import Final, Literal

from shinrai.initiatives.rules.declaration import WITH_ARMS, Declaration
from shinrai.statistics.differences import Sums, fixed_interval, sequence_interval
from shinrai.statistics.interval import Interval
from shinrai.statistics.power import power_of_means, power_of_shares, weeks_needed
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

Verdict = Literal["unknown", "better", "worse", "too_small", "no_change"]
POINTS: Final = 100
VERDICTS: Final[dict[Verdict, Text]] = {
    "better": Text("a change, as hoped"),
    "worse": Text("a change, and the other way"),
    "too_small": Text("no change as large as would matter"),
    "no_change": Text("no detectable change"),
}
AGAINST: Final = {
    "none": Text("after against before"),
    "assignment": Text("the second arm against the first"),
    "flag": Text("the second arm against the first"),
    "staggered": Text("groups that have begun against those that have not, in the same weeks"),
}


@dataclass(frozen=True)
class Comparison:
    """Two groups, in the unit in which people speak: points of a share, else the KPI's unit.

    `is_over`: the declared end has come, so the fixed interval decides.
    """

    now: Sums
    before: Sums
    effect: float
    rises: bool
    is_over: bool

    @property
    def scale(self) -> int:
        """Return by what a difference is multiplied to be said."""
        return POINTS if self.now.squares is None else 1

    @property
    def estimate(self) -> float | None:
        """Return the difference."""
        now, before = self.now.value, self.before.value
        return None if now is None or before is None else (now - before) * self.scale

    @property
    def fixed(self) -> Interval | Unknown:
        """Return the interval for one look, at the end."""
        return self._said(fixed_interval(self.now, self.before))

    @property
    def sequence(self) -> Interval | Unknown:
        """Return the interval for any number of looks."""
        expected = self.effect / self.scale
        return self._said(sequence_interval(self.now, self.before, expected=expected))

    @property
    def decisive(self) -> Interval | Unknown:
        """Return the interval that decides today."""
        return self.fixed if self.is_over else self.sequence

    @property
    def verdict(self) -> Verdict:
        """Return what the decisive interval says."""
        ends = self.decisive
        if isinstance(ends, Unknown):
            return "unknown"
        if ends.low > 0 or ends.high < 0:
            return "better" if (ends.low > 0) == self.rises else "worse"
        return "too_small" if max(-ends.low, ends.high) < self.effect else "no_change"

    def _said(self, ends: Interval | Unknown) -> Interval | Unknown:
        if isinstance(ends, Unknown):
            return ends
        return Interval(ends.low * self.scale, ends.high * self.scale, ends.level, ends.method)


def difference_text(estimate: float, ends: Interval | Unknown, *, is_share: bool) -> Text:
    """Return a difference with its interval in words."""
    values = {"estimate": estimate, "low": 0.0, "high": 0.0}
    if isinstance(ends, Unknown):
        if is_share:
            return Text("{estimate:+.1f} points", **values)
        return Text("{estimate:+.2f}", **values)
    values |= {"low": ends.low, "high": ends.high}
    if is_share:
        return Text("{estimate:+.1f} points [{low:+.1f}, {high:+.1f}]", **values)
    return Text("{estimate:+.2f} [{low:+.2f}, {high:+.2f}]", **values)


def verdict_text(found: Comparison, *, done: int, weeks: int) -> Text:
    """Return the first sentence of a page: difference, interval, what it means, and how far it is.

    Unless the declared end has come, it is a look.
    """
    estimate, ends = found.estimate, found.decisive
    if estimate is None or isinstance(ends, Unknown):
        if found.is_over:
            return Text("Nothing can be said: {why}.", why=_why(found))
        return Text(
            "Nothing can be said yet: {why}; {done} of {weeks} weeks.",
            why=_why(found), done=done, weeks=weeks,
        )  # fmt: skip
    said = difference_text(estimate, ends, is_share=found.now.squares is None)
    means = VERDICTS[found.verdict]
    if found.is_over:
        return Text("{said}: {means}, at the declared end.", said=said, means=means)
    return Text(
        "{said}: {means} so far; {done} of {weeks} weeks. Until the end this is a look, not a"
        " result.", said=said, means=means, done=done, weeks=weeks,
    )  # fmt: skip


def _why(found: Comparison) -> Text:
    if not found.before.of:
        return Text("there is nothing to hold it against")
    return Text("too few to tell")


@dataclass(frozen=True)
class Power:
    """What the workspace's own history says about how long it takes.

    `needed` None: not within ten years. `chance` is that of finding the effect in the window.
    `volume` says in words how many the KPI counts `a_week`.
    """

    history: Sums
    history_weeks: int
    declaration: Declaration
    needed: int | None
    chance: float
    volume: Text

    @property
    def a_week(self) -> float:
        """Return how many the KPI counts a week."""
        return self.history.of / self.history_weeks

    @property
    def text(self) -> Text:
        """Return it in a sentence."""
        asked = self.declaration
        is_share = self.history.squares is None
        effect = (
            Text("{effect:g} points", effect=asked.effect)
            if is_share
            else Text("{effect:g}", effect=asked.effect)
        )
        volume = self.volume.using(a_week=self.a_week)
        given = {"volume": volume, "effect": effect, "window": asked.weeks}
        if self.needed is None:
            return Text(
                "With {volume}, {effect} cannot be seen within ten years: choose"
                " a larger effect, more people or another KPI.", **given,
            )  # fmt: skip
        given |= {"count": self.needed, "chance": min(self.chance, 0.99)}
        return Text(
            "With {volume} you need {count} week to see {effect}, four times of"
            " five; the window has {window}, which sees it with {chance:.0%}.",
            "With {volume} you need {count} weeks to see {effect}, four times of"
            " five; the window has {window}, which sees it with {chance:.0%}.", **given,
        )  # fmt: skip

    @property
    def is_enough(self) -> bool:
        """Return whether the window is long enough."""
        return self.needed is not None and self.needed <= self.declaration.weeks


def power_before(
    declaration: Declaration, history: Sums, *, history_weeks: int, volume: Text
) -> Power:
    """Return how long a declaration takes, given what its KPI was in so many weeks before."""
    a_week = history.of / history_weeks
    effect = declaration.effect if declaration.direction == "up" else -declaration.effect

    def sizes(weeks: int) -> tuple[float, float]:
        if declaration.design == "none":
            return declaration.baseline_weeks * a_week, weeks * a_week
        first, second = 1.0, 1.0
        if declaration.design in WITH_ARMS:
            first, *others = declaration.arms.values()
            second = min(others)
        whole = sum(declaration.arms.values()) or 2.0
        return weeks * a_week * first / whole, weeks * a_week * second / whole

    def power(weeks: int) -> float:
        if history.squares is None:
            share = (history.total + 1) / (history.of + 2)
            return power_of_shares(share, effect / POINTS, sizes(weeks))
        return power_of_means(history.variance**0.5, effect, sizes(weeks))

    is_known = history.of > 1
    return Power(
        history=history,
        history_weeks=history_weeks,
        declaration=declaration,
        needed=weeks_needed(power) if is_known else None,
        chance=power(declaration.weeks) if is_known else 0.0,
        volume=volume,
    )
