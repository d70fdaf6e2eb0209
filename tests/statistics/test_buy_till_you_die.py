"""BG/NBD against what its authors printed of CDNOW, and against customers that were made up."""

import csv
from pathlib import Path

import numpy as np
import pytest

from shinrai.statistics.buy_till_you_die import BuyingModel, buying_model
from shinrai.units.unknown import Unknown

DATA = Path(__file__).parents[3] / "shared" / "data"
CDNOW = DATA / "cdnow" / "cdnow_customers_summary.csv"


@pytest.mark.skipif(not CDNOW.is_file(), reason="the CDNOW data are not here")
def test_cdnow_gives_the_published_parameters() -> None:
    with CDNOW.open() as file:
        rows = [[float(row[name]) for name in ("frequency", "recency", "T")]
                for row in csv.DictReader(file)]  # fmt: skip
    found = buying_model(*np.array(rows).T)
    assert isinstance(found, BuyingModel)
    assert found.n == 2357
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx(
        (0.243, 4.414, 0.793, 2.426), abs=1e-2
    )
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.1)
    # the example of the authors' spreadsheet: x = 2, t_x = 30.43, T = 38.86, 39 weeks ahead: 1.226
    assert float(found.purchases(39, 2, 30.43, 38.86)) == pytest.approx(1.226, abs=5e-3)


def test_known_parameters_are_found_again() -> None:
    chance = np.random.default_rng(7)
    r, alpha, a, b, n = 0.8, 5.0, 1.0, 3.0, 6000
    rate, leave = chance.gamma(r, 1 / alpha, n), chance.beta(a, b, n)
    age = np.full(n, 52.0)
    frequency, recency = np.zeros(n), np.zeros(n)
    for number in range(n):
        at = 0.0
        while (at := at + chance.exponential(1 / rate[number])) < 52:
            frequency[number] += 1
            recency[number] = at
            if chance.random() < leave[number]:
                break
    found = buying_model(frequency, recency, age)
    assert isinstance(found, BuyingModel)
    assert found.r == pytest.approx(r, rel=0.15)
    assert found.alpha == pytest.approx(alpha, rel=0.2)
    assert found.a / (found.a + found.b) == pytest.approx(a / (a + b), rel=0.15)


def test_whoever_bought_lately_is_likelier_to_buy_still() -> None:
    model = BuyingModel(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
    late, long_ago, never = model.is_alive([5, 5, 0], [38, 10, 0], [39, 39, 39])
    assert late > 0.85 > 0.2 > long_ago
    assert never == 1.0


def test_too_few_are_unknown_and_impossible_times_an_error() -> None:
    assert isinstance(buying_model([0, 1], [0, 2], [5, 5]), Unknown)
    with pytest.raises(ValueError, match="recency"):
        buying_model([1], [9], [5])
