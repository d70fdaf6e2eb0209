"""Whether the customer came with another matter soon after a solution."""

from typing import Any

from shinrai.quality.measures.population import SOON_US


def repeats(found: Any, inquiries: Any) -> Any:
    """Count settled inquiries, and those followed by another matter of the same customer.

    Input:  measures.population.population, and all inquiries of the workspace
    Shape:  one row per mode.
    Unit:   settled inquiries of known customers.
    Receipts and solutions of a customer are laid in one line, and each solution looks at the next
    receipt in it: the cost is that of sorting, however many matters one customer has.
    """
    import ibis

    asked = inquiries.filter(
        inquiries.customer_id.notnull()
        & inquiries.cancelled_us.isnull()
        & inquiries.received_us.notnull()
    )
    solved = found.filter(found.settled & found.customer_id.notnull())
    line = ibis.union(
        asked.select(
            "customer_id",
            us=asked.received_us,
            received_us=asked.received_us,
            mode=ibis.null("string"),
            came_back=ibis.literal(False),
        ),
        solved.select(
            "customer_id",
            us=solved.first_solved_us,
            received_us=ibis.null("int64"),
            mode=solved["mode"],
            came_back=solved.came_back,
        ),
    )
    # At one and the same moment the receipt comes first: it is not after the solution.
    ahead = ibis.window(
        rows=(1, None),
        group_by=line.customer_id,
        order_by=[line.us, line["mode"].notnull()],
    )
    laid = line.mutate(next_us=line.received_us.min().over(ahead))
    ended = laid.filter(laid["mode"].notnull())
    again = (ended.next_us <= ended.us + SOON_US).fill_null(False)
    return ended.group_by("mode").aggregate(
        settled=ended.count(),
        repeated=again.sum(),
        held=(~again & ~ended.came_back).sum(),
    )
