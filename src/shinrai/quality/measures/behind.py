"""The cases behind a figure: those its share is taken of, and which of them it counts."""

from collections.abc import Callable
from typing import Any

from shinrai.quality.measures.counts import doubts, replies, sizes, solutions
from shinrai.quality.measures.population import SOON_US, Moment

Chosen = tuple[Any, Any]  # (of, counted), both conditions on rows
CRE_BIT = 1 << 2


def behind(found: Any, inquiries: Any, figure: str, *, at: Moment) -> Any:
    """Keep the inquiries that a figure is a share of; a column `counted` marks those it counts.

    Input:  measures.population.population, and all inquiries of the workspace.
    Raises: KeyError for a figure without a list of inquiries (see `FIGURES`, `OF_CUSTOMERS`).
    """
    if figure in OF_CUSTOMERS:
        return _followed(found, inquiries, figure)
    of, counted = FIGURES[figure](found, at)
    return found.filter(of.fill_null(False)).mutate(counted=counted.fill_null(False))


def _pair(
    source: Callable[..., dict[str, Any]], of: str, count: str, where: str | None = None
) -> Callable[..., Chosen]:
    """Return what chooses by two counts; with `where`, of sources for which that count is not 0.

    So `Counted.sum(where="messages")` leaves out sources without messages.
    """

    def chosen(found: Any, at: Moment) -> Chosen:
        counts = source(found, at=at) if source is replies else source(found)
        asked = counts[of] if where is None else counts[of] & _telling(found, where)
        return asked, counts[count]

    return chosen


def _telling(found: Any, what: str) -> Any:
    """Return whether any inquiry of the same mode and source adds to a count."""
    import ibis

    value = _ended(found)[what]
    number = value.cast("int64").fill_null(0)
    return number.sum().over(ibis.window(group_by=[found["mode"], found.source])) > 0


def _round_trips(found: Any, at: Moment) -> Chosen:
    measured = found.counts & found.is_solved & ~found.order_doubt & (found.runs_count > 0)
    return measured, found.runs_count == 1


def _handovers(found: Any, at: Moment) -> Chosen:
    return found.counts & found.handovers_count.notnull(), found.handovers_count > 0


def _tiers(found: Any, at: Moment) -> Chosen:
    return found.counts & found.highest_tier.notnull(), found.highest_tier > 1


def _self_resolved(found: Any, at: Moment) -> Chosen:
    held = found.counts & ((found.held_tiers // CRE_BIT) % 2 == 1)
    # A source without messages says of a solved one that it was answered.
    tells = _telling(found, "messages")
    return held & ((tells & found.replied) | (~tells & found.is_solved)), found.peak_tier == 2


def _flagged(found: Any, at: Moment) -> Chosen:
    return found.counts | ~found.counts, doubts(found)["flagged"]


def _open(found: Any, at: Moment) -> Chosen:
    return found.counts, found.phase.isin(["open", "waiting"])


def _ended(found: Any) -> dict[str, Any]:
    return {**sizes(found), **solutions(found)}


def _proactive(found: Any, at: Moment) -> Chosen:
    return found.counts | ~found.counts, found["mode"] == "proactive"


FIGURES: dict[str, Callable[[Any, Moment], Chosen]] = {
    "solved": _pair(_ended, "counts", "solved", "solved"),
    "open": _open,
    "first_reply": _pair(replies, "asked", "answered", "messages"),
    "same_day": _pair(replies, "day_of", "day_count", "messages"),
    "next_business_day": _pair(replies, "next_day_of", "next_day_count", "messages"),
    "round_trips": _round_trips,
    "one_reply": _pair(solutions, "settled", "one_reply", "messages"),
    "reopened_14": _pair(solutions, "settled", "came_back"),
    "reopened_later": _pair(solutions, "settled", "came_later"),
    "waited": _pair(sizes, "counts", "waited", "waited"),
    "handovers": _handovers,
    "highest_tier": _tiers,
    "self_resolved": _self_resolved,
    "flagged": _flagged,
    "proactive": _proactive,
}
OF_CUSTOMERS = ("repeat_contact", "truly_solved")
OF_INVESTIGATIONS = ("sent_back", "correctness")
OF_ALL_CASES = ("proactive",)  # inquiries and investigations alike
LISTED = (*FIGURES, *OF_CUSTOMERS, *OF_INVESTIGATIONS)


def _followed(found: Any, inquiries: Any, figure: str) -> Any:
    """Keep the settled inquiries behind a figure of repeated contact, as `measures.repeats`."""
    import ibis

    same = ("customer_id", "about") if figure == "repeat_contact" else ("customer_id",)
    asked = inquiries.filter(
        inquiries.cancelled_us.isnull()
        & inquiries.received_us.notnull()
        & ibis.and_(*(inquiries[name].notnull() for name in same))
    )
    solved = found.filter(found.settled & ibis.and_(*(found[name].notnull() for name in same)))
    line = ibis.union(
        asked.select(
            *same,
            us=asked.received_us,
            received_us=asked.received_us,
            solved_id=ibis.null("int64"),
        ),
        solved.select(
            *same,
            us=solved.first_solved_us,
            received_us=ibis.null("int64"),
            solved_id=solved.case_id,
        ),
    )
    ahead = ibis.window(
        rows=(1, None),
        group_by=[line[name] for name in same],
        order_by=[line.us, line.solved_id.notnull()],
    )
    laid = line.mutate(next_us=line.received_us.min().over(ahead))
    again = laid.filter(laid.solved_id.notnull() & (laid.next_us <= laid.us + SOON_US))
    joined = solved.left_join(again.select("solved_id"), [solved.case_id == again.solved_id])
    repeated = joined.solved_id.notnull()
    counted = repeated if figure == "repeat_contact" else ~repeated & ~joined.came_back
    return joined.mutate(counted=counted).drop("solved_id")


def investigations_behind(investigations: Any, figure: str, *, at: Moment) -> Any:
    """Keep the investigations a figure is a share of; a column `counted` marks those it counts.

    Input:  quality.facts.INVESTIGATIONS, narrowed to those asked about.
    """
    if figure in OF_ALL_CASES:
        return investigations.mutate(counted=investigations["mode"] == "proactive")
    if figure == "sent_back":
        return investigations.mutate(counted=investigations.sent_back_count > 0)
    answered = investigations.filter(investigations.answered_us.notnull())
    return answered.mutate(counted=answered.wrong_us.notnull())
