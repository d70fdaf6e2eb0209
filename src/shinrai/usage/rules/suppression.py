"""Hide small counts in figures that leave the team, so that nobody can be told from them."""

from collections.abc import Sequence
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

FEWEST: Final = 5  # persons in a count that may be shared
MOST: Final = 100


class BadThreshold(UserError, ValueError):
    """A number of persons from which counts are shared that makes no sense."""


def suppressed(parts: Sequence[int | None], *, fewest: int = FEWEST) -> tuple[int | None, ...]:
    """Return counts whose total is known without those under `fewest`; None: hidden.

    Where one count alone would be hidden, the total less the others tells it: the next smallest is
    hidden as well. What is hidden together sums to at least `fewest`, else one more is hidden.
    Zero tells nothing of anybody and stays. Counts that are None already stay so and tell nothing.

    Source: A. Hundepool et al., Statistical Disclosure Control (2012), 4.2, on tables of one row.
    """
    if not 1 <= fewest <= MOST:
        raise BadThreshold(Text("share counts from 1 to {most} persons on", most=MOST))
    hidden = {n for n, count in enumerate(parts) if count is not None and 0 < count < fewest}
    if hidden:
        rest = sorted((count, n) for n, count in enumerate(parts) if count and n not in hidden)
        for _count, n in rest:
            if len(hidden) > 1 and sum(parts[one] or 0 for one in hidden) >= fewest:
                break
            hidden.add(n)
    return tuple(None if n in hidden else count for n, count in enumerate(parts))


def shared_cohort(
    returned: Sequence[int | None], *, fewest: int = FEWEST
) -> tuple[int | None, ...]:
    """Return a cohort's counts for sharing: of each column, who came back and who did not.

    A count is hidden if it, or what is missing to the cohort, is of so few; a cohort of so few is
    hidden whole. Column 0 is the cohort.
    """
    size = returned[0] or 0
    if size < fewest:
        return tuple(None for _ in returned)
    return tuple(
        count
        if count is None or suppressed((count, size - count), fewest=fewest)[0] is not None
        else None
        for count in returned
    )
