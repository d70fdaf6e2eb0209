"""What one case adds to every count (its tally), row by row: the same conditions, not yet added up.

Sums over cases are remembered and brought forward; what is subtracted from them and added to them
are tallies. A condition is declared once, where it is counted; here all of them are laid side by
side.
"""

from typing import Any, Final

from shinrai.quality.measures.counts import every_count, is_measured, is_told
from shinrai.quality.measures.investigated import every_investigated
from shinrai.quality.measures.population import population, turning_points
from shinrai.quality.measures.spread import SPREADS, is_long

MOMENT: Final = "asked_us"  # the column that says as of when a row is asked about
IN_A_NUMBER: Final = 62  # so many conditions are written into one whole number
WAITS: Final = ("first_reply_s", "first_reply_open_s", "first_outbound_s")


def inquiry_tallies(inquiries: Any) -> Any:
    """Give the tally of each inquiry.

    Input:  quality.tables.INQUIRIES with one column more, `asked_us`.
    Shape:  one row per inquiry received by then. `bits_N` hold conditions in the order of
            `inquiry_conditions`; `until_us` is when the tally will be another though nothing
            happens.
    """
    found = population(inquiries, at=MOMENT)
    conditions = {**_counts(found, boolean=True), **_marks(found)}
    return found.select(
        "case_id",
        "source",
        "customer_id",
        "follow_up_of",
        *WAITS,
        on=found.received_on,
        mode=found["mode"],
        rule=found.substance_rule,
        received_us=found.received_us,
        solved_us=found.first_solved_us,
        until_us=_until(found),
        **_packed(list(conditions.values())),
        **_counts(found, boolean=False),
        **_spread_columns(found),
    )


def investigation_tallies(investigations: Any) -> Any:
    """Give the tally of each investigation filed by the moment in `asked_us`.

    Input:  quality.tables.INVESTIGATIONS with one column more, `asked_us`.
    """
    found = investigations.filter(investigations.filed_us <= investigations[MOMENT])
    return found.select(
        "case_id",
        on=found.filed_on,
        mode=found["mode"],
        **_packed(list(every_investigated(found).values())),
        steps=found.steps_count,
    )


def inquiry_conditions(inquiries: Any) -> tuple[str, ...]:
    """Name the conditions in the order in which they are written into `bits_N`."""
    found = population(inquiries, at=MOMENT)
    return (*_counts(found, boolean=True), *_marks(found))


def inquiry_numbers(inquiries: Any) -> tuple[str, ...]:
    """Name the numbers that are added up."""
    return tuple(_counts(population(inquiries, at=MOMENT), boolean=False))


def spread_columns(inquiries: Any) -> dict[str, tuple[str, ...]]:
    """Name the columns of each spread, `name__column` in a tally."""
    found = population(inquiries, at=MOMENT)
    return {spread.name: tuple(spread.columns(found)) for spread in SPREADS}


def _counts(found: Any, *, boolean: bool) -> dict[str, Any]:
    every = every_count(found, at=MOMENT)
    return {name: value for name, value in every.items() if value.type().is_boolean() == boolean}


def _marks(found: Any) -> dict[str, Any]:
    """Say in which tables beside the counts an inquiry stands."""
    spreads = {f"{spread.name}__in": spread.where(found) for spread in SPREADS}
    return {
        "measured__in": is_measured(found),
        "sound__in": found.sound_reply,
        "told__in": is_told(found),
        "tail__in": is_long(found),
        "came_back__in": found.came_back,
        **spreads,
    }


def _spread_columns(found: Any) -> dict[str, Any]:
    return {
        f"{spread.name}__{name}": value
        for spread in SPREADS
        for name, value in spread.columns(found).items()
        if name not in ("mode", "source")
    }


def _packed(conditions: list[Any]) -> dict[str, Any]:
    """Write conditions into whole numbers, a bit each."""
    import ibis

    found = {}
    for start in range(0, len(conditions), IN_A_NUMBER):
        some = conditions[start : start + IN_A_NUMBER]
        bits = ibis.literal(0, "int64")
        for place, condition in enumerate(some):
            bits += ibis.ifelse(condition.fill_null(False), 1 << place, 0)
        found[f"bits_{start // IN_A_NUMBER}"] = bits.cast("int64")
    return found


def _until(found: Any) -> Any:
    import ibis

    never = ibis.null("int64")
    ahead = [ibis.ifelse(us > found[MOMENT], us, never) for us in turning_points(found)]
    return ibis.least(*ahead)
