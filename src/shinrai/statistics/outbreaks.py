"""When more come than usual: EARS C1, C2 and C3, a daily negative binomial, and Farrington's weeks.

Counts are arrays of series x days (or weeks); all series are judged at once. Nothing is judged
before the baseline is whole: expected and threshold are NaN there, and no alarm is raised.

Source: R. D. Fricker, B. L. Hegler and D. A. Dunfee, Comparing syndromic surveillance detection
        methods: EARS' versus a CUSUM-based methodology, Statistics in Medicine 27 (2008), 3407-3429
        (C1, C2, C3); A. Noufaily et al., An improved algorithm for outbreak detection in multiple
        surveillance systems, Statistics in Medicine 32 (2013), 1206-1222 (Farrington flexible).
        Their thresholds are those of R's package `surveillance` 1.20.3; a test holds its vectors.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ears = Literal["c1", "c2", "c3"]

BASELINE, GAP = 28, 3  # days; a rise that begins slowly must not hide in its own baseline
FEWEST: Final = 5  # in a day: fewer are an anecdote, however rare they were before
EARS_DAYS, EARS_GAP = 7, 2
EARS_ALPHA: Final[dict[Ears, float]] = {"c1": 0.001, "c2": 0.001, "c3": 0.025}
MOST_STEPS: Final = 25  # of a fit, as R's glm has it
OUTLYING: Final = 2.58  # Anscombe residuals above it weigh less: past outbreaks


@dataclass(frozen=True)
class Watched:
    """What was expected, the threshold, and where it was passed.

    Shape: as the counts; `threshold` of the daily negative binomial is known at alarms alone.
    """

    expected: Floats
    threshold: Floats
    alarms: Bools


@dataclass(frozen=True)
class FarringtonPlan:
    """How weeks are compared with those of earlier years (the names of the paper in brackets).

    `years` (b) back, `beside` (w) weeks on both sides of the same week; the rest of the year in
    `seasons` - 1 blocks (noPeriods). `delay`: the newest weeks are left out of the baseline, since
    what is reported late is missing there, and what rises now would be its own measure.
    """

    years: int = 3
    beside: int = 3
    seasons: int = 10
    delay: int = 26
    alpha: float = 0.01
    trend_below: float = 0.05
    a_year: int = 52

    @property
    def reach(self) -> int:
        """Return how many weeks must lie before the first that is judged."""
        return self.years * self.a_year + self.beside


def ears(counts: ArrayLike, method: Ears, *, least_sd: float = 0.0) -> Watched:
    """Judge days by the seven before them (C1), the seven ending three days ago (C2), or the sum
    of what lay above it on three days (C3).

    `least_sd`: days without any spread would raise an alarm at any count.
    """
    from scipy.stats import norm

    seen = np.atleast_2d(np.asarray(counts, float))
    z = norm.isf(EARS_ALPHA[method])
    gap = 0 if method == "c1" else EARS_GAP
    mean, sd = _baseline(seen, EARS_DAYS, gap)
    sd = np.maximum(sd, least_sd)
    if method != "c3":
        threshold = mean + z * sd
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            above = np.maximum(0, (seen - mean) / sd - 1)
        before = np.full_like(seen, np.nan)
        before[:, 2:] = above[:, 1:-1] + above[:, :-2]
        with np.errstate(invalid="ignore"):
            threshold = np.maximum(0, seen + sd * (z - before))
    return Watched(mean, threshold, seen > threshold)


def daily_rises(counts: ArrayLike, *, alpha: float) -> Watched:
    """Judge days by the 28 days that ended three days before, spread as they were.

    A day is an alarm if a negative binomial of their mean and variance (Poisson where they are not
    overdispersed) reaches its count with a probability below `alpha`, and it has at least FEWEST.
    Half a case is added to the baseline: where nothing ever came, something can.
    """
    from scipy.stats import nbinom, poisson

    seen = np.atleast_2d(np.asarray(counts, float))
    mean, sd = _baseline(seen, BASELINE, GAP)
    mean = mean + 0.5 / BASELINE
    # The mean itself is uncertain: what is predicted is a new day, beside an estimate of 28.
    variance = np.maximum(sd**2, mean) * (1 + 1 / BASELINE)
    threshold, alarms = np.full_like(seen, np.nan), np.zeros(seen.shape, np.bool_)
    with np.errstate(invalid="ignore"):
        likely = (seen >= FEWEST) & (seen > mean + 2 * np.sqrt(variance))
    at = np.nonzero(likely)
    if len(at[0]):
        mu, spread = mean[at], variance[at]
        share = mu / spread
        is_rare = nbinom.sf(seen[at] - 1, mu * share / (1 - share), share) < alpha
        at = (at[0][is_rare], at[1][is_rare])
        mu, share = mu[is_rare], share[is_rare]
        alarms[at] = True
        least = nbinom.isf(alpha, mu * share / (1 - share), share)
        threshold[at] = np.maximum(np.maximum(least, poisson.isf(alpha, mu)), FEWEST - 1)
        alarms[at] = seen[at] > threshold[at]
    return Watched(mean, threshold, alarms)


def farrington(counts: ArrayLike, weeks: ArrayLike, plan: FarringtonPlan | None = None) -> Watched:
    """Judge some weeks (places in `counts`) by a quasi-Poisson regression on earlier years.

    The season is a level for each block of the year; a trend is kept where its p is below
    `trend_below` and it does not lead above everything seen. Weeks that stood out are weighed down
    in a second fit. The threshold is the quantile of a negative binomial with the fitted
    dispersion; fewer than 5 in the last 4 weeks raise no alarm.
    Shape:  series x weeks judged; NaN where years are missing or no fit was found.
    """
    from scipy.stats import nbinom, poisson

    plan = plan or FarringtonPlan()
    seen = np.atleast_2d(np.asarray(counts, float))
    judged = np.atleast_1d(np.asarray(weeks, np.int64))
    shape = (len(seen), len(judged))
    expected, threshold = np.full(shape, np.nan), np.full(shape, np.nan)
    enough = np.zeros(shape, np.bool_)
    for place, week in enumerate(judged.tolist()):
        enough[:, place] = seen[:, max(0, week - 3) : week + 1].sum(axis=1) >= FEWEST
        if week < plan.reach or not enough[:, place].any():
            continue
        some = np.flatnonzero(enough[:, place])
        rows, levels = _seasons(week, plan)
        mu, phi = _predicted(seen[np.ix_(some, rows)], (rows - week) / plan.a_year, levels, plan)
        expected[some, place] = mu
        spread = np.maximum(phi, 1 + 1e-9)
        quantile = nbinom.isf(plan.alpha, mu / (spread - 1), 1 / spread)
        threshold[some, place] = np.where(phi > 1, quantile, poisson.isf(plan.alpha, mu))
    now = seen[:, judged]
    return Watched(expected, threshold, (now > threshold) & enough)


def _baseline(seen: Floats, days: int, gap: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the days before each; NaN where they are too few."""
    mean, sd = np.full_like(seen, np.nan), np.full_like(seen, np.nan)
    first = days + gap
    if seen.shape[1] > first:
        # Running sums of whole numbers are exact, and need no window of 28 copies of everything.
        total, squares = (_running(part, days)[:, : -1 - gap] for part in (seen, seen**2))
        mean[:, first:] = total / days
        sd[:, first:] = np.sqrt((days * squares - total**2) / (days * (days - 1)))
    return mean, sd


def _running(values: Floats, days: int) -> Floats:
    """Return the sums of each `days` days that follow each other."""
    ends = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    found: Floats = ends[:, days:] - ends[:, :-days]
    return found


def _seasons(week: int, plan: FarringtonPlan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the weeks of the baseline, and the block of the year each is in; 0 is this one's."""
    level = np.full(week + 1, -1)
    level[week - plan.beside :] = 0
    blocks = plan.seasons - 1
    for year in range(plan.years):
        next_one = week - year * plan.a_year
        same = next_one - plan.a_year
        level[same - plan.beside : same + plan.beside + 1] = 0
        if blocks:
            between = np.arange(same + plan.beside + 1, next_one - plan.beside)
            cut = np.array_split(between, blocks)
            for block, places in enumerate(cut, start=1):
                level[places] = block
    level[week - plan.delay :] = -1
    rows = np.flatnonzero(level >= 0)
    return rows, level[rows]


def _predicted(
    seen: Floats, time: Floats, levels: NDArray[np.int64], plan: FarringtonPlan
) -> tuple[Floats, Floats]:
    """Return what each series is expected to have at time 0 in block 0, and its dispersion."""
    from scipy.stats import t

    # A block whose weeks all lie in the delay has no row, and no column.
    blocks = (levels[:, None] == np.unique(levels)[None, :]).astype(float)
    flat = _fit(seen, blocks)
    mu, phi = np.exp(flat.beta[:, 0]), flat.phi
    if plan.years >= 3:
        risen = _fit(seen, np.column_stack((blocks, time)))
        free = len(time) - blocks.shape[1] - 1
        p = 2 * t.sf(np.abs(risen.beta[:, -1]) / risen.last_error, free)
        ahead = np.exp(risen.beta[:, 0])
        kept = (p < plan.trend_below) & (ahead <= seen.max(axis=1)) & np.isfinite(ahead)
        mu, phi = np.where(kept, ahead, mu), np.where(kept, risen.phi, phi)
    return mu, phi


@dataclass(frozen=True)
class _Fitted:
    beta: Floats
    phi: Floats
    last_error: Floats


def _fit(seen: Floats, design: Floats) -> _Fitted:
    """Fit each series twice: as it is, then with less weight on what stood out."""
    ones = np.ones_like(seen)
    beta, mu, inverse = _least_squares(seen, design, ones)
    phi = np.maximum(_dispersion(seen, mu, ones, design.shape[1]), 1)
    hat = mu * (inverse.reshape(len(seen), -1) @ _squared(design).T)
    residual = 1.5 * (seen ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu))
    residual /= np.sqrt(phi[:, None] * np.maximum(1 - hat, 1e-12))
    is_out = residual > OUTLYING
    weight = np.where(is_out, np.where(is_out, residual, 1.0) ** -2.0, 1.0)
    weight *= weight.shape[1] / weight.sum(axis=1, keepdims=True)
    beta, mu, inverse = _least_squares(seen, design, weight)
    raw = _dispersion(seen, mu, weight, design.shape[1])
    error = np.sqrt(np.maximum(raw, 1e-300) * np.abs(inverse[:, -1, -1]))
    return _Fitted(beta, np.maximum(raw, 1), error)


def _squared(design: Floats) -> Floats:
    """Return the products of all pairs of columns, a row for each row."""
    found: Floats = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    return found


def _dispersion(seen: Floats, mu: Floats, weight: Floats, columns: int) -> Floats:
    found: Floats = (weight * (seen - mu) ** 2 / mu).sum(axis=1) / (seen.shape[1] - columns)
    return found


def _least_squares(seen: Floats, design: Floats, weight: Floats) -> tuple[Any, Any, Any]:
    """Fit log-linear means to all series at once, by iterated weighted least squares.

    statsmodels fits one series at a time: a thousand topics would take half a minute.
    """
    mu = seen + 0.1
    eta = np.log(mu)
    ridge, squared = 1e-10 * np.eye(design.shape[1]), _squared(design)
    deviance = np.full(len(seen), np.inf)
    for _step in range(MOST_STEPS):
        working = eta + (seen - mu) / mu
        inside = ((weight * mu) @ squared).reshape(-1, *ridge.shape)
        inverse = np.linalg.inv(inside + ridge)
        beta = (inverse @ ((weight * mu * working) @ design)[:, :, None])[:, :, 0]
        eta = np.clip(beta @ design.T, -30, 30)
        mu = np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(seen > 0, seen * np.log(seen / mu), 0) - (seen - mu)
        now = 2 * (weight * part).sum(axis=1)
        if np.all(np.abs(now - deviance) < 1e-8 * (np.abs(now) + 0.1)):
            break
        deviance = now
    return beta, mu, inverse
