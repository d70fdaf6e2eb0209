"""Counts of customers who sent another inquiry soon after a solution."""

from collections.abc import Sequence
from typing import Any

from shinrai.quality.measures.population import SOON_US


def repeats(
    found: Any,
    inquiries: Any,
    *,
    same: tuple[str, ...] = ("customer_id",),
    by: Sequence[str] = (),
) -> Any:
    """Count settled inquiries, and those followed by another inquiry of the same customer.

    Input:  measures.population.population, and all inquiries of the workspace
    Shape:  one row per mode and value of the columns in `by`.
    Unit:   settled inquiries of known customers; if `same` names `about`, also of a known topic,
            and the other inquiry must be on the same topic.
    """
    import ibis

    solved = found.filter(found.settled & ibis.and_(*(found[name].notnull() for name in same)))
    ended = followed(
        inquiries.filter(inquiries.cancelled_us.isnull()),
        solved.select("case_id", "mode", *same, *by, "first_solved_us", "came_back"),
        same=same,
        by=by,
    )
    return ended.group_by("mode", *by).aggregate(
        settled=ended.count(), repeated=ended.repeated.sum(), held=ended.held.sum()
    )


def followed(asked: Any, settled: Any, *, same: tuple[str, ...], by: Sequence[str] = ()) -> Any:
    """Mark the settled inquiries after which the same customer sent another within 14 days.

    Input:  `asked` with what must be the same, and received_us; `settled` with it (known ones),
            case_id, mode, first_solved_us, came_back, and the columns in `by`.
    Shape:  one row per settled inquiry: case_id, mode, repeated, held, and those columns.
    Receipts and solutions of a customer are sorted together by time, and each solution is compared
    with the next receipt: the cost is that of sorting, however many inquiries one customer has.
    """
    import ibis

    known = asked.filter(
        asked.received_us.notnull() & ibis.and_(*(asked[name].notnull() for name in same))
    )
    line = ibis.union(
        known.select(
            *same,
            us=known.received_us,
            received_us=known.received_us,
            case_id=ibis.null("int64"),
            mode=ibis.null("string"),
            came_back=ibis.literal(False),
            **{name: ibis.null(settled[name].type()) for name in by},
        ),
        settled.select(
            *same,
            us=settled.first_solved_us,
            received_us=ibis.null("int64"),
            case_id=settled.case_id,
            mode=settled["mode"],
            came_back=settled.came_back,
            **{name: settled[name] for name in by},
        ),
    )
    # At one and the same moment the receipt comes first: it is not after the solution.
    ahead = ibis.window(
        rows=(1, None),
        group_by=[line[name] for name in same],
        order_by=[line.us, line["mode"].notnull()],
    )
    laid = line.mutate(next_us=line.received_us.min().over(ahead))
    ended = laid.filter(laid["mode"].notnull())
    again = (ended.next_us <= ended.us + SOON_US).fill_null(False)
    return ended.select("case_id", "mode", *by, repeated=again, held=~again & ~ended.came_back)
