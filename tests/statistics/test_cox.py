"""Hazard ratios: the published ones of remission, ties, late entry, and what cannot be said."""

from random import Random

import pytest

from shinrai.statistics.cox import CoxModel, cox_model
from shinrai.units.unknown import Unknown
from tests.statistics.test_survival import STILL, TREATED

# Remission in weeks without 6-MP. Freireich et al., Blood 21 (1963).
UNTREATED = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
WEEKS = [*UNTREATED, *TREATED, *STILL]
ENDED = [True] * 30 + [False] * 12
UNTREATED_OR_NOT = [1.0] * 21 + [0.0] * 21


def model(**given) -> CoxModel:
    found = cox_model(WEEKS, ENDED, {"untreated": UNTREATED_OR_NOT}, **given)
    assert isinstance(found, CoxModel)
    return found


def test_gives_the_published_ratio_of_remission():
    """R's coxph, with Efron's ties, prints 4.817 (2.147 to 10.81) and p = 0.000138."""
    found = model()
    [one] = found.ratios
    assert (found.n, found.ended) == (42, 30)
    assert (one.ratio, one.low, one.high) == pytest.approx((4.817, 2.147, 10.81), rel=1e-3)
    assert one.p == pytest.approx(0.000138, rel=5e-3)
    assert one.is_proportional


def test_who_entered_late_was_not_at_risk_before():
    """Who came into view after their end does not count, however they would have changed it."""
    entries = [0.0] * 40 + [40.0, 40.0]
    assert model(entries=entries).n == 40
    alone = cox_model(WEEKS[:40], ENDED[:40], {"untreated": UNTREATED_OR_NOT[:40]})
    assert model(entries=entries).ratios == alone.ratios


def test_late_entry_is_what_the_risk_sets_say():
    """The ratio that lifelines 0.30.3 gives for the same entries."""
    entries = [
        0, 0, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0, 2, 0, 6, 4, 0, 4, 15, 21, 6,
        0, 0, 0, 5, 7, 0, 12, 21, 22,
        0, 0, 5, 7, 16, 14, 5, 22, 27, 30, 20, 20,
    ]  # fmt: skip
    late = model(entries=[float(one) for one in entries])
    [one] = late.ratios
    assert late.n == 42
    assert (one.ratio, one.low, one.high) == pytest.approx((2.203896, 0.974208, 4.985751), rel=1e-4)


def test_a_ratio_that_changes_over_time_is_said_to_change():
    """At first the treated end sooner, later the others do: the curves cross."""
    random = Random(7)
    early = [random.uniform(0, 10) for _ in range(40)] + [random.uniform(50, 90) for _ in range(40)]
    steady = [random.uniform(5, 60) for _ in range(80)]
    lasted, treated = early + steady, [1.0] * 80 + [0.0] * 80
    found = cox_model(lasted, [True] * 160, {"treated": treated})
    assert isinstance(found, CoxModel)
    assert not found.ratios[0].is_proportional


@pytest.mark.parametrize(
    ("ended", "given"),
    [
        ([True] * 5 + [False] * 37, {"untreated": UNTREATED_OR_NOT}),
        (ENDED, {"untreated": UNTREATED_OR_NOT, "same": UNTREATED_OR_NOT}),
        (ENDED, {"constant": [1.0] * 42}),
    ],
)
def test_what_cannot_be_told_is_unknown(ended, given):
    assert isinstance(cox_model(WEEKS, ended, given), Unknown)
