"""How round trips, tiers and handovers spread: small tables that means and shares come from."""

from typing import Any


def runs(found: Any) -> Any:
    """Count inquiries by their answered and unanswered runs.

    Input:  measures.population.population
    Shape:  one row per (mode, source, solved, in doubt, runs, runs of every message, unanswered).
            `solved` are those that figures of solved ones may use: not cancelled.
    """
    return found.group_by(
        "mode",
        "source",
        "order_doubt",
        solved=found.is_solved & found.counts,
        runs=found.runs_count,
        every=found.runs_every_count,
        unanswered=found.unanswered_count,
        unanswered_every=found.unanswered_every_count,
    ).aggregate(count=found.count())


def tiers(found: Any) -> Any:
    """Count inquiries by the tiers that held them, and the highest held or consulted.

    Shape:  one row per (mode, source, held tiers as bits, highest, peak, answered).
    A source without messages says of a solved one that it was answered.
    """
    known = found.filter(found.counts & found.highest_tier.notnull())
    return known.group_by(
        "mode",
        "source",
        held=known.held_tiers,
        highest=known.highest_tier,
        peak=known.peak_tier,
        replied=known.replied,
        solved=known.is_solved,
    ).aggregate(count=known.count())


def handovers(found: Any) -> Any:
    """Count inquiries by how often the holding group changed, and how often one came back.

    Shape:  one row per (mode, handovers, returns).
    """
    known = found.filter(found.counts & found.handovers_count.notnull())
    return known.group_by(
        "mode", handovers=known.handovers_count, returns=known.group_returns_count
    ).aggregate(count=known.count())


def tail(found: Any, *, most: int = 10) -> Any:
    """List the solved inquiries of each mode that took the most round trips.

    Shape:  one row per inquiry, at most `most` per mode.
    """
    import ibis

    long = found.filter(
        found.counts & found.is_solved & ~found.order_doubt & (found.runs_count > 1)
    )
    place = ibis.row_number().over(
        group_by="mode", order_by=[ibis.desc("runs_count"), ibis.asc("case_id")]
    )
    first = long.mutate(place=place)
    first = first.filter(first.place < most)
    return first.select("mode", "case_key", runs=first.runs_count, place=first.place).order_by(
        "mode", "place"
    )
