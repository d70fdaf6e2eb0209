"""Which topic rose: counts of four weeks against the four before."""

from shinrai.quality.rules.rising import Rise, most_risen


def test_what_rose_most_of_what_rose_beyond_chance() -> None:
    now = {"login": 60, "billing": 45, "video": 30}
    before = {"login": 32, "billing": 15, "video": 29}

    assert most_risen(now, before) == Rise("billing", 45, 15)


def test_twice_as_many_of_few_is_chance() -> None:
    assert most_risen({"login": 12}, {"login": 6}) is None


def test_a_topic_that_is_new_counts_but_four_customers_are_an_anecdote() -> None:
    assert most_risen({"outage": 9}, {}) == Rise("outage", 9, 0)
    assert most_risen({"outage": 4}, {}) is None


def test_among_many_topics_a_rise_must_be_surer() -> None:
    """One of forty rises by chance every other month: its interval is at 95 % for all together."""
    many = {f"t{n}": 10 for n in range(39)}

    assert most_risen({"login": 24}, {"login": 9}) is not None
    assert most_risen({"login": 24, **many}, {"login": 9, **many}) is None


def test_what_fell_did_not_rise() -> None:
    assert most_risen({"login": 5}, {"login": 50}) is None
