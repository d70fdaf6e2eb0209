"""Cases that are open and cases that ended, with when each began; and what filings are about."""

from typing import Any, Final

import ibis

DAY_US: Final = 24 * 3600 * 1_000_000
OPEN: Final = ("open", "sent_back", "waiting")


def open_cases(inquiries: Any, investigations: Any) -> Any:
    """List the open cases of both kinds: record, began_us, case_id.

    Input:  measures.population.population, and quality.facts.INVESTIGATIONS filed by the moment
    """
    return _both(
        inquiries.filter(inquiries.phase.isin(OPEN)),
        investigations.filter(investigations.phase.isin(OPEN)),
        began_us=("received_us", "filed_us"),
        case_id=("case_id", "case_id"),
    )


def ended_cases(inquiries: Any, investigations: Any) -> Any:
    """List the cases first solved or answered: on (in UTC), record, verdict, began_us, ended_us.

    Readers cut a span of dates to the microsecond, in their own zone.
    """
    solved = inquiries.filter(inquiries.counts & inquiries.is_solved)
    answered = investigations.filter(investigations.answered_us.notnull())
    found = _both(
        solved.mutate(verdict=ibis.null("string")),
        answered,
        began_us=("received_us", "filed_us"),
        ended_us=("first_solved_us", "answered_us"),
        verdict=("verdict", "verdict"),
    )
    days = (found.ended_us // DAY_US).cast("int32")
    return found.mutate(on=ibis.literal("1970-01-01").cast("date") + days.as_interval("D"))


def filed_topics(investigations: Any) -> Any:
    """Count investigations by day of filing, mode and topic (`about`, null without a label)."""
    return investigations.group_by("on", "mode", "about").aggregate(count=investigations.count())


def _both(inquiries: Any, investigations: Any, **columns: tuple[str, str]) -> Any:
    """Put both kinds of case under each other; each column is named by its name in either."""
    asked, filed = (
        rows.select(record=ibis.literal(record), **{to: rows[of[n]] for to, of in columns.items()})
        for n, (record, rows) in enumerate(
            (("inquiry", inquiries), ("investigation", investigations))
        )
    )
    return asked.union(filed)
