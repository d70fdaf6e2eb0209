"""The product-limit estimate: published curves, and late entry counted by hand."""

import csv
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.statistics.survival import kaplan_meier

# Remission in weeks under 6-MP; STILL were in remission. Freireich et al., Blood 21 (1963);
# estimates and Greenwood's errors as in Klein and Moeschberger (2003), table 4.1B.
TREATED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
STILL = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PUBLISHED = {
    6: (0.857, 0.0764),
    7: (0.807, 0.0869),
    10: (0.753, 0.0963),
    13: (0.690, 0.1068),
    16: (0.627, 0.1141),
    22: (0.538, 0.1282),
    23: (0.448, 0.1346),
}


def test_gives_the_published_curve_of_remission():
    curve = kaplan_meier([*TREATED, *STILL], [True] * 9 + [False] * 12)

    shown = {p.time: (round(p.survival, 3), round(p.error, 4)) for p in curve.points}
    assert shown == PUBLISHED
    assert (curve.count, curve.ended, curve.median) == (21, 9, 23)
    # at 10 weeks, the interval of log(-log S): 0.753 to the power of exp(±1.96 · σ / log S)
    point = curve.points[2]
    assert (round(point.low, 3), round(point.high, 3)) == (0.503, 0.889)


def test_gives_the_published_survival_of_telephone_customers(shared):
    """7,043 customers, 1,869 of them left: 26.54 %, which is no hazard."""
    log = shared / "data" / "ibm_telco_churn" / "Telco-Customer-Churn.csv.gz"
    with gzip.open(log, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    curve = kaplan_meier(
        [int(row["tenure"]) for row in rows], [row["Churn"] == "Yes" for row in rows]
    )

    assert (curve.count, curve.ended) == (7_043, 1_869)
    for months, published in ((12, 0.8432), (24, 0.7887), (72, 0.5928)):
        assert curve.at(months) == pytest.approx(published, abs=1e-3)


def test_counts_who_enters_late_only_from_then_on():
    """Aki left at 2, Ben stays to 5; Chie, seen from 3, left at 4; Dan, from 4, is too late."""
    curve = kaplan_meier([2, 5, 4, 6], [True, False, True, False], entries=[-1, -1, 3, 4])

    assert [(p.time, p.at_risk, p.survival) for p in curve.points] == [
        (2, 2, 0.5),
        (4, 2, 0.25),
    ]


def test_who_entered_after_the_end_was_never_at_risk():
    curve = kaplan_meier([2, 3], [True, True], entries=[-1, 3])

    assert (curve.count, curve.ended, curve.at(3)) == (1, 1, 0.0)
    assert curve.points[0].high is None


@pytest.mark.parametrize(
    ("durations", "is_ended"), [([1, 2], [True]), ([-1], [True]), ([1], [True, False])]
)
def test_refuses_what_is_no_duration(durations, is_ended):
    with pytest.raises(ValueError, match=r"differ|less"):
        kaplan_meier(durations, is_ended)


@given(st.lists(st.integers(0, 30), min_size=1))
def test_is_the_plain_share_when_everybody_left(durations):
    curve = kaplan_meier(durations, [True] * len(durations))

    for time in range(32):
        share = sum(one > time for one in durations) / len(durations)
        assert curve.at(time) == pytest.approx(share)
    falling = [point.survival for point in curve.points]
    assert falling == sorted(falling, reverse=True)


def test_nobody_gives_an_empty_curve():
    assert kaplan_meier([], []).points == ()
