"""What is made in another thread arrives in order, and never more than one item early."""

from collections.abc import Iterator

import pytest

from shinrai.importers.csv.ahead import one_ahead

pytestmark = pytest.mark.pure


class FileGone(Exception):
    """What may go wrong while rows are read."""


def test_items_come_in_their_order_and_at_most_one_early() -> None:
    made: list[int] = []

    def count() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number

    with one_ahead(count()) as numbers:
        for place, number in enumerate(numbers):
            assert number == place
            assert made[-1] <= number + 1

    assert made == [0, 1, 2, 3, 4]


def test_what_goes_wrong_is_said_where_the_item_would_have_been_used() -> None:
    def count() -> Iterator[int]:
        yield 0
        raise FileGone

    used: list[int] = []
    with pytest.raises(FileGone), one_ahead(count()) as numbers:
        used.extend(numbers)

    assert used == [0]


def test_whoever_stops_early_is_not_kept_waiting() -> None:
    def count() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    with one_ahead(count()) as numbers:
        first = next(numbers)

    assert first == 0
