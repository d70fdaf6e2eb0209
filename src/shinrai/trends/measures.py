"""What trends count, as query expressions; nothing is executed here."""

from typing import Any, Final

from shinrai.units.measure import Measure


def arrived(inquiries: Any, *, at: Any) -> Any:
    """List the inquiries received by a moment that count: not cancelled, and not opened by us.

    Input:  quality.facts.INQUIRIES, `with_topics`
    Shape:  one row an inquiry; customer_id null where the source names none.
    """
    found = inquiries.filter(
        (inquiries.received_us <= at)
        & inquiries.received_on.notnull()
        & inquiries.cancelled_us.isnull()
        & (inquiries["mode"] != "proactive")
    )
    return found.select(
        *("case_id", "customer_id", "received_us", "received_on"),
        *("about", "source", "account", "version"),
    )


def _declared(key: str, question: str, counts: tuple[str, str], unknown_when: str) -> Measure:
    return Measure(
        key=key,
        version=1,
        question=question,
        owner="trends",
        grain=("workspace_id", "topic", "period"),
        unit="customers",
        numerator=counts[0],
        denominator=counts[1],
        better="lower",
        unknown_when=unknown_when,
        expression=arrived,
        of_cases=False,  # of persons: who writes to CS and to us is one customer
    )


ASKING: Final = _declared(
    "asking",
    "How many customers ask about a topic in a week, of those active in it?",
    ("distinct customers a week, over four weeks", "persons active in a week, on average"),
    "no usage is recorded: per active person",
)
CONCENTRATION: Final = _declared(
    "concentration",
    "Is it many who ask, or a few who write often?",
    ("1 ÷ the sum of squared shares of inquiries", "customers who asked in four weeks"),
    "nobody asked",
)
SILENT: Final = _declared(
    "silent_affected",
    "How many are affected by it and never wrote?",
    ("persons with the topic's failure event and no inquiry about it", "persons with the event"),
    "no failure event is named for the topic",
)
MEASURES: Final = (ASKING, CONCENTRATION, SILENT)
