"""Option types for moments and dates."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from shinrai.cli.language import language, translate
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class BadMomentArgument(UserError, ValueError):
    """The text is not a moment that can be used, such as one without a zone."""


class Moment(click.ParamType[datetime]):
    """ISO 8601 with an offset, such as 2026-06-03T10:00+09:00; with a zone set, also without."""

    name = "moment"

    def __init__(self, zone: str | None = None) -> None:
        self.zone = zone

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment in UTC."""
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            return read_moment(str(value), zone=self.zone)
        except BadMomentArgument as error:
            self.fail(error.text[language()], param, ctx)


class Day(click.ParamType[date]):
    """A date such as 2026-06-03."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            words = translate("{value!r} is no date; write one such as 2026-06-03", value=value)
            self.fail(words, param, ctx)


MOMENT = Moment()
DAY = Day()
# What calendars reckon with: windows, forecasts and a year of alarms lie around every moment.
YEARS = range(1900, 2200)


def read_moment(text: str, *, zone: str | None = None) -> datetime:
    """Return a typed moment in UTC; one without an offset is read in `zone`, if given.

    Of an hour that occurs twice in the zone, the first is meant; one that the clocks skip is
    refused.

    Raises: BadMomentArgument, whose text names the accepted forms.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadMomentArgument(
            Text("{text!r} is no moment; write one such as 2026-06-03T10:00+09:00", text=text),
        ) from error
    if moment.year not in YEARS:
        raise BadMomentArgument(
            Text(
                "{text!r} lies outside the years {years} to {years_years}; write a nearer one",
                text=text,
                years=YEARS[0],
                years_years=YEARS[-1],
            ),
        )
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if zone is None:
        raise BadMomentArgument(
            Text("{text!r} carries no zone; add one such as +09:00, or Z for UTC", text=text),
        )
    there = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
        raise BadMomentArgument(
            Text(
                "the clocks of {zone} skip {text!r}; write it with an offset", zone=zone, text=text
            ),
        )
    return there


def now() -> datetime:
    """Return the present moment, which entry points pass on as `at`."""
    return datetime.now(UTC)
