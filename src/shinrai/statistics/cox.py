"""What goes with an earlier end: Cox's proportional hazards, with late entry.

Source: D. R. Cox, Regression models and life-tables, JRSS B 34 (1972), 187-220; ties by Efron. The
        test of proportionality: P. M. Grambsch and T. M. Therneau, Proportional hazards tests and
        diagnostics based on weighted residuals, Biometrika 81 (1994), 515-526.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shinrai.statistics.interval import two_sided_z
from shinrai.units.unknown import Unknown

FEWEST_ENDS = 10  # for each covariate; of fewer, its ratio is mostly noise
ALARM = 0.05
TOO_FEW = Unknown("fewer than 10 ended for each thing compared")
ALIKE = Unknown("what is compared does not vary apart: one follows from the others")
NO_ESTIMATE = Unknown("no ratio fits better than all others")


@dataclass(frozen=True)
class HazardRatio:
    """By what the hazard is multiplied where a covariate is larger by 1, all others equal.

    `changes_p`: how often chance alone makes the ratio change over time as it does here. Below 0.05
    it is not proportional: the ratio is then an average over a change, and is said to be so.
    """

    name: str
    ratio: float
    low: float
    high: float
    p: float
    changes_p: float

    @property
    def is_proportional(self) -> bool:
        """Return whether the test of proportional hazards was passed."""
        return self.changes_p >= ALARM


@dataclass(frozen=True)
class CoxModel:
    """The hazard ratios of a model, of how many lives, and how many of them ended."""

    n: int
    ended: int
    level: float
    ratios: tuple[HazardRatio, ...]


def cox_model(
    durations: Sequence[float],
    is_ended: Sequence[bool],
    covariates: Mapping[str, Sequence[float]],
    *,
    entries: Sequence[float] | None = None,
    level: float = 0.95,
) -> CoxModel | Unknown:
    """Return the hazard ratio of each covariate; unknown if too little ended, or all are alike.

    At risk at t are those with entry < t <= duration. Rows with entry >= duration were never at
    risk and are left out.
    """
    # Takes a second to import; few ask.
    from statsmodels.duration.hazard_regression import PHReg

    lasted, ended = np.asarray(durations, float), np.asarray(is_ended, bool)
    entered = np.zeros_like(lasted) if entries is None else np.asarray(entries, float)
    given = np.column_stack([np.asarray(one, float) for one in covariates.values()])
    there = entered < lasted
    lasted, ended, entered, given = lasted[there], ended[there], entered[there], given[there]
    if ended.sum() < FEWEST_ENDS * len(covariates):
        return TOO_FEW
    center = given - given.mean(axis=0)
    if np.linalg.matrix_rank(center) < len(covariates):
        return ALIKE
    # To PHReg, who enters at t is at risk at t.
    after = np.nextafter(entered, np.inf)
    model = PHReg(lasted, center, status=ended.astype(int), entry=after, ties="efron")
    found = model.fit(disp=0)
    if not (np.isfinite(found.params).all() and np.isfinite(found.bse).all()):
        return NO_ESTIMATE
    residuals, times = _residuals(found.params, center, entered, lasted, ended)
    changes = _changes(residuals, times, found.cov_params())
    z = two_sided_z(level)
    ratios = tuple(
        HazardRatio(
            name,
            float(np.exp(beta)),
            float(np.exp(beta - z * error)),
            float(np.exp(beta + z * error)),
            float(p),
            float(change),
        )
        for name, beta, error, p, change in zip(
            covariates, found.params, found.bse, found.pvalues, changes, strict=True
        )
    )
    return CoxModel(len(lasted), int(ended.sum()), level, ratios)


def _residuals(
    betas: np.ndarray, given: np.ndarray, entered: np.ndarray, lasted: np.ndarray, ended: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return Schoenfeld's residual of each end, a row each, and its time.

    statsmodels has them too, but without Efron's ties: theirs do not sum to 0 here.
    """
    weights = np.exp(given @ betas)
    rows, times = [], []
    for time in np.unique(lasted[ended]):
        at_risk, now = (entered < time) & (lasted >= time), (lasted == time) & ended
        weight, sums = weights[at_risk].sum(), weights[at_risk] @ given[at_risk]
        tied, tied_sums = weights[now].sum(), weights[now] @ given[now]
        gone = np.arange(now.sum())[:, None] / now.sum()
        means = (sums - gone * tied_sums) / (weight - gone * tied)
        rows.append(given[now] - means.mean(axis=0))
        times.append(np.full(now.sum(), time))
    return np.concatenate(rows), np.concatenate(times)


def _changes(residuals: np.ndarray, times: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the p of each covariate's scaled residuals against the ranks of their times."""
    from scipy.stats import chi2, rankdata

    ranks = rankdata(times)
    ranks -= ranks.mean()
    slopes = ranks @ residuals @ spread * len(residuals)
    tests = slopes**2 / (len(residuals) * np.diag(spread) * (ranks**2).sum())
    return np.asarray(chi2.sf(tests, 1))
