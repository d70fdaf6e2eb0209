"""Published figures come out of the documented commands: 13 to 16, and garden stores' NPS."""

from itertools import chain, repeat
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.satisfaction.asking import ask, newest, scores, take_in

pytestmark = pytest.mark.django_db
GOOD, BAD = 5, 2  # of CSAT


def csat(path: Path, good: int, of: int, who: str = "p") -> Path:
    given = chain(repeat(GOOD, good), repeat(BAD, of - good))
    return scores(path, "csat", [(f"{who}{n}", score) for n, score in enumerate(given)])


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_13_wilson(cast: Cast, tmp_path: Path, good: int, of: int, low: float, high: float) -> None:
    take_in(csat(tmp_path / "a.csv", good, of))

    found = newest()["score"]

    assert (found["n"], found["method"]) == (of, "Wilson")
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_14_newcombe_of_other_persons(
    cast: Cast,
    tmp_path: Path,
    after: tuple[int, int],
    before: tuple[int, int],
    low: float,
    high: float,
) -> None:
    take_in(csat(tmp_path / "a.csv", *before, "a"), "--wave", "before", "--on", "2026-03-01")
    take_in(csat(tmp_path / "b.csv", *after, "b"), "--wave", "after")

    [found] = ask("change", "--from", "before", "--to", "after")["changes"]

    assert found["same"]["n_before"] == 0
    others = found["others"]
    assert (others["low"], others["high"]) == pytest.approx((low, high), abs=1e-4)
    assert others["verdict"] == "rose"


def test_15_the_same_persons_paired(cast: Cast, tmp_path: Path) -> None:
    """794 were satisfied both times, 150 before alone, 86 after alone, 570 never."""
    pairs = [*repeat((GOOD, GOOD), 794), *repeat((GOOD, BAD), 150),
             *repeat((BAD, GOOD), 86), *repeat((BAD, BAD), 570)]  # fmt: skip
    for n, wave in enumerate(("before", "after")):
        rows = [(f"p{who}", pair[n]) for who, pair in enumerate(pairs)]
        take_in(scores(tmp_path / f"{wave}.csv", "csat", rows), "--wave", wave)

    [found] = ask("change", "--from", "before", "--to", "after")["changes"]

    same = found["same"]
    assert same["n_before"] == 1600
    assert same["mcnemar_chi_square"] == pytest.approx(17.36, abs=5e-3)
    assert same["difference"] == pytest.approx(-0.04)
    assert (same["low"], same["high"]) == pytest.approx((-0.0587, -0.0213), abs=1e-4)
    assert (same["verdict"], found["others"]["n_before"]) == ("fell", 0)


def test_16_nps(cast: Cast, tmp_path: Path) -> None:
    given = [*repeat(10, 50), *repeat(7, 30), *repeat(3, 20)]
    take_in(scores(tmp_path / "a.csv", "nps", [(f"p{n}", one) for n, one in enumerate(given)]))

    found = newest()["score"]

    assert found["value"] == 30
    assert found["standard_error"] == pytest.approx(7.81, abs=5e-3)
    assert (found["low"], found["high"]) == pytest.approx((14.7, 45.3), abs=0.05)


def test_whoever_comments_does_not_speak_for_the_others(cast: Cast, shared: Path) -> None:
    """13,954 visitors of garden stores: NPS 53.4 of 13,612; 39.2 with a comment, 58.9 without."""
    path = shared / "data" / "nps_garden_stores_fr" / "nps_utf8.parquet"
    found = take_in(path, "--on", "2014-06-30")
    assert (found["rows"], found["set_aside"]) == (13_954, 0)

    wave = newest()

    assert (wave["asked"], wave["score"]["n"]) == (13_954, 13_612)
    assert wave["score"]["value"] == pytest.approx(53.4, abs=0.05)
    assert wave["with_comment"]["value"] == pytest.approx(39.2, abs=0.05)
    assert wave["without_comment"]["value"] == pytest.approx(58.9, abs=0.05)
    again = take_in(path, "--on", "2014-06-30")
    assert (again["new"], again["known"]) == (0, found["new"])
