"""Moments as people type them."""

from datetime import UTC, date, datetime

import click
import pytest

from shinrai.cli.moments import DAY, MOMENT, Moment, read_moment


class TestReadMoment:
    @pytest.mark.parametrize(
        "text", ["2026-06-03T10:00+09:00", "2026-06-03T01:00Z", " 20260603T010000Z "]
    )
    def test_reads_iso_8601_into_utc(self, text: str) -> None:
        assert read_moment(text) == datetime(2026, 6, 3, 1, 0, tzinfo=UTC)

    def test_refuses_to_guess_a_zone(self) -> None:
        with pytest.raises(ValueError, match="carries no zone; add one such as"):
            read_moment("2026-06-03T10:00")

    def test_counts_in_the_zone_that_is_known(self) -> None:
        read = read_moment("2026-06-03T10:00", zone="Asia/Tokyo")

        assert read == datetime(2026, 6, 3, 1, 0, tzinfo=UTC)

    def test_refuses_the_hour_that_spring_takes(self) -> None:
        """Lisbon's clocks went from 01:00 to 02:00 on Sunday 30 March 2025."""
        with pytest.raises(ValueError, match="clocks of Europe/Lisbon skip"):
            read_moment("2025-03-30T01:30", zone="Europe/Lisbon")

    def test_takes_the_first_of_the_hour_that_autumn_gives_twice(self) -> None:
        read = read_moment("2025-10-26T01:30", zone="Europe/Lisbon")

        assert read == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["", "noon", "2026-02-30T00:00Z", "0001-01-01T00:00+09:00", "9999-12-31"]
    )
    def test_refuses_what_cannot_be(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"no moment|outside the years"):
            read_moment(text)


def test_the_options_of_commands_say_what_they_accept() -> None:
    assert MOMENT.convert("2026-06-03T01:00Z", None, None) == datetime(2026, 6, 3, 1, tzinfo=UTC)
    assert Moment("Asia/Tokyo").convert("2026-06-03", None, None) == datetime(
        2026, 6, 2, 15, tzinfo=UTC
    )
    assert DAY.convert("2026-06-03", None, None) == date(2026, 6, 3)
    with pytest.raises(click.BadParameter, match="no date; write one such as"):
        DAY.convert("3 June", None, None)
