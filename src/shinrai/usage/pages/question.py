"""What an address of a page of usage asks: for the figures, and for who is behind them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, get_args

from django.conf import settings

from shinrai.accounts.pages.guards import MemberRequest
from shinrai.units.text import Text
from shinrai.usage.queries.cohorts import cohort_numbered
from shinrai.usage.queries.retention import RetentionRequest
from shinrai.usage.queries.scope import BadUsageQuestion, Span
from shinrai.usage.queries.view import COLUMNS, UsageQuestion, first_day, usual_question
from shinrai.usage.rules.cohort import LONGEST, read_where
from shinrai.usage.rules.periods import WeekStart, today
from shinrai.warehouse.store import Warehouse

KINDS: Final = ("first-time", "recurring", "first-ever")
MOST_COLUMNS: Final = 60
NAMES: Final = (
    *("period", "kind", "start", "return", "cumulative", "minimum", "columns", "from", "to"),
    *("zone", "week_starts", "where", "cohort", "least", "idle"),
)


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into the form of the page, cleaned."""
    return {
        name: " ".join(given.get(name, "").replace("\0", "").split())[: 5 * LONGEST]
        for name in NAMES
    }


def read_question(request: MemberRequest) -> UsageQuestion:
    """Return the question of an address.

    Raises: BadUsageQuestion, BadCohort, UnknownCohort, UnknownZone.
    """
    asked = typed(request.GET)
    there, at = request.workspace, request.at
    period = one_of(asked["period"], tuple(COLUMNS), "week")
    usual = usual_question(there.zone, at, period)  # type: ignore[arg-type]
    columns = number(asked["columns"], COLUMNS[period], most=MOST_COLUMNS)  # type: ignore[index]
    since, until = on_date(asked["from"]), on_date(asked["to"])
    zone = asked["zone"] or None
    if since is not None:
        until = until or today(there.zone, at)
    else:
        before = first_day(there.zone, at, period, columns)  # type: ignore[arg-type]
        since = before if until is None else min(before, until)
    span = Span(
        period,  # type: ignore[arg-type]
        since,
        until,
        zone,
        one_of(asked["week_starts"], get_args(WeekStart), "sunday"),  # type: ignore[arg-type]
    )
    request_of = RetentionRequest(
        span=span,
        periods=columns,
        start=asked["start"][:LONGEST] or None,
        back=asked["return"][:LONGEST] or None,
        kind=one_of(asked["kind"], KINDS, "first-time"),  # type: ignore[arg-type]
        minimum=number(asked["minimum"], 1),
        is_cumulative=bool(asked["cumulative"]),
        where=read_where(asked["where"]),
        back_where=read_where(asked["where"]),
    )
    cohort = number(asked["cohort"], 0, least=0, most=10**9)
    return replace(
        usual,
        retention=request_of,
        cohort=cohort_numbered(workspace_id=there.id, number=cohort) if cohort else None,
        least_days=number(asked["least"], usual.least_days, most=31),
        idle_days=number(asked["idle"], usual.idle_days, most=3_660),
    )


def one_of(said: str, known: tuple[Any, ...], usual: str) -> str:
    """Return a word that is known; nothing said is the usual one. Raises: BadUsageQuestion."""
    if said and said not in known:
        raise BadUsageQuestion(
            Text("{said} is not known here; there are: {known}", said=said[:40], known=known)
        )
    return said or usual


def number(said: str, usual: int, *, least: int = 1, most: int = 1_000) -> int:
    """Return a number; nothing said is the usual one. Raises: BadUsageQuestion."""
    if not said:
        return usual
    if not (said.isascii() and said.isdecimal()) or not least <= int(said[:10]) <= most:
        raise BadUsageQuestion(
            Text(
                "{said} is no number from {least} to {most}", said=said[:40], least=least, most=most
            )
        )
    return int(said)


def on_date(said: str) -> date | None:
    """Return a date; None if nothing is said. Raises: BadUsageQuestion."""
    try:
        found = date.fromisoformat(said) if said else None
    except ValueError:
        found = date.min
    if found is not None and not 1990 <= found.year <= 2200:
        raise BadUsageQuestion(
            Text("{text!r} is no date; write one such as 2026-06-03", text=said[:40])
        )
    return found


def the_warehouse() -> Warehouse:
    """Return the warehouse that the settings name."""
    return Warehouse(settings.SHINRAI_WAREHOUSE)
