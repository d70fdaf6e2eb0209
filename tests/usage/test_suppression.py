"""What is hidden cannot be worked out from what is shown."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from shinrai.usage.queries.disclosure import shared
from shinrai.usage.rules.suppression import CellSum, hidden_cells

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=4)


@given(COUNTS, st.integers(2, 6))
def test_every_hidden_count_could_be_another_given_the_total_and_the_shown(counts, k):
    cells = {**dict(enumerate(counts)), "total": sum(counts)}
    hidden = hidden_cells(cells, [CellSum("total", tuple(range(len(counts))))], k=k)
    gaps = [n for n in range(len(counts)) if n in hidden]

    assert hidden >= {key for key, count in cells.items() if 0 < count < k}
    assert all(cells[key] for key in hidden)
    if "total" in hidden:
        assert gaps
        return
    missing = sum(counts[n] for n in gaps)
    fitting = [
        values
        for values in product(range(1, missing + 1), repeat=len(gaps))
        if sum(values) == missing
    ]
    for place in range(len(gaps)):
        assert len({values[place] for values in fitting}) > 1


def test_nothing_is_hidden_where_all_are_many():
    cells = {"a": 5, "b": 9, "c": 0, "total": 14}

    assert hidden_cells(cells, [CellSum("total", ("a", "b", "c"))], k=5) == set()


def test_one_small_count_takes_the_smallest_other_with_it():
    cells = {"a": 2, "b": 30, "c": 9, "total": 41}

    assert hidden_cells(cells, [CellSum("total", ("a", "b", "c"))], k=5) == {"a", "c"}


def test_of_a_cohort_who_stays_away_is_hidden_like_who_comes_back():
    """97 of 100 came back: the three who did not are few."""
    cohort = {"start": "2026-06-07", "size": 100, "returned": [100, 97, 60, 0, None]}
    cohort["intervals"] = [[0.9, 1.0]] * 4 + [None]
    found = shared("retention", {"cohorts": [cohort], "open_from": [4]}, k=5)

    [shown] = found["cohorts"]
    assert (shown["size"], shown["returned"]) == (100, [100, None, 60, 0, None])
    assert shown["intervals"][1] is None


def test_dormant_is_hidden_where_the_week_before_would_give_it_away():
    """20 were active, 18 returned: 2 are dormant; those 18 go with them."""
    weeks = [
        {"start": "1", "new": 20, "returning": 0, "resurrecting": 0, "dormant": 0},
        {"start": "2", "new": 9, "returning": 18, "resurrecting": 8, "dormant": 2},
    ]
    _first, second = shared("lifecycle", weeks, k=5)

    assert (second["dormant"], second["returning"]) == (None, None)
    # 9 new, or 8 resurrecting: else 35 active less the shown gave the 18 away
    assert None in (second["new"], second["resurrecting"])
