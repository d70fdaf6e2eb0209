"""The counts of quality that are stored per day of receipt, of filing or of an answer.

They are the expressions that `queries.past_summary` also uses for past moments, grouped by day.
"""

from typing import Any, Final

import ibis

from shinrai.quality.facts.answers import ANSWERS
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.accounts import first_and_last_touch, open_matters, worked
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.counts import counted, is_measured, is_told, rules
from shinrai.quality.measures.flow import DAY_US, ended_cases, filed_topics, open_cases
from shinrai.quality.measures.investigated import investigated
from shinrai.quality.measures.population import current, population
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.spread import SPREADS, TAIL, is_long
from shinrai.quality.measures.topical import (
    double_labels,
    findings_known,
    topic_sizes,
    verdicts,
    with_topics,
)
from shinrai.topics.facts import TOPICS
from shinrai.warehouse.parameters import NAMED
from shinrai.warehouse.questions import DAY, DayCounts, Question, Questions

HELD = "inquiries_held"
FOUND_HELD = "inquiries_found"
BY: Final = (DAY,)


def questions() -> Questions:
    """Return every query counted per day; the rows that all of them share are computed once."""
    at = NAMED["at"]
    held = with_topics(current(INQUIRIES.unbound()), TOPICS.unbound())
    inquiries = ibis.table(held.schema(), name=HELD)
    received = population(inquiries, at=at)
    received = received.mutate(on=received.received_on)
    found = ibis.table(received.schema(), name=FOUND_HELD)
    filed = with_topics(INVESTIGATIONS.unbound(), TOPICS.unbound())
    filed = filed.mutate(on=filed.filed_on)
    by_now = filed.filter(filed.filed_us <= at)
    sampled = ANSWERS.unbound()
    sampled = sampled.mutate(on=sampled.answered_on)
    once = Question
    return Questions(
        held={HELD: held, FOUND_HELD: received},
        asked={
            "counts": once(counted(found, at=at, by=BY), ("mode", "source")),
            "rules": once(rules(found, by=BY), ("mode", "rule")),
            **{spread.name: _spread(spread, found) for spread in SPREADS},
            "repeats": once(repeats(found, inquiries, by=BY), ("mode",)),
            "repeats_on_topic": once(
                repeats(found, inquiries, same=("customer_id", "about"), by=BY), ("mode",)
            ),
            "investigations": once(investigated(filed, at=at, by=BY), ("mode",)),
            "double_labels": once(double_labels(found, by=BY), ("mode", "double_labels")),
            "marks": once(marks(sampled, at=at, by=BY), ("mode", "criterion", "marks")),
            "counts_as": once(
                _of_no_day(TOPICS.unbound().select("label", "topic")), ("label", "topic")
            ),
            "topic_sizes": once(topic_sizes(found, by=BY).drop("customers"), ("mode", "about")),
            "topic_customers": _kept_apart(_topic_customers(found), "mode", "about"),
            "releases": _kept_apart(_releases(found), "mode", "version", "about"),
            "first_replies": _kept_apart(_first_replies(found), "mode", "sound"),
            "first_messages": _kept_apart(_first_messages(found), "mode"),
            "tail": _kept_apart(_tail(found), "mode"),
            "findings": _kept_apart(_findings(filed, inquiries, at), "mode", "finder", "about"),
            "verdicts": _kept_apart(
                verdicts(filed.drop("on"), inquiries, at=at),
                *("mode", "verdict", "service", "about", "defect"),
            ),
            "open_cases": _kept_apart(_of_no_day(open_cases(found, by_now)), "record"),
            "ended_cases": _kept_apart(ended_cases(found, by_now), "record", "verdict"),
            "filed_topics": once(filed_topics(by_now), ("mode", "about")),
            "worked": once(worked(found, by=BY), ("mode", "source", "account")),
            "open_matters": _kept_apart(open_matters(found, by=BY), "mode", "source", "account"),
            "touches": _kept_apart(
                _of_no_day(first_and_last_touch(inquiries, at=at)), "source", "account"
            ),
        },
    )


QUALITY: Final = DayCounts(
    "quality",
    (INQUIRIES, INVESTIGATIONS, TOPICS, ANSWERS),
    questions,
    replays=True,
    notes=lambda ground: {"calendar": ground.calendar_name, "zone": ground.zone},
)
DAY_COUNTS: Final = (QUALITY,)


def _kept_apart(expression: Any, *keys: str) -> Question:
    return Question(expression, keys, summed=False)


def _spread(spread: Any, found: Any) -> Question:
    counts = spread.counted(found, by=BY)
    return Question(counts, tuple(c for c in counts.columns if c not in (DAY, "count")))


def _of_no_day(rows: Any) -> Any:
    return rows.mutate(on=ibis.null("date"))


def _releases(found: Any) -> Any:
    """List the inquiries with the version they name; -1 where the customer is not known."""
    counts = found.filter(found.counts)
    return counts.select(
        *("on", "mode", "version", "about", "case_id"),
        customer_id=counts.customer_id.coalesce(-1),
    )


def _first_replies(found: Any) -> Any:
    """List the waits from which medians are computed; -1 where open seconds are unknown."""
    measured = found.filter(is_measured(found))
    return measured.select(
        "on",
        "mode",
        "first_reply_s",
        sound=measured.sound_reply,
        first_reply_open_s=measured.first_reply_open_s.coalesce(-1),
    )


def _first_messages(found: Any) -> Any:
    return found.filter(is_told(found)).select("on", "mode", "first_outbound_s")


def _tail(found: Any) -> Any:
    """List the inquiries of each day and mode with the most round trips, at most `TAIL`."""
    long = found.filter(is_long(found))
    place = ibis.row_number().over(
        group_by=["on", "mode"], order_by=[ibis.desc("runs_count"), ibis.asc("case_id")]
    )
    first = long.mutate(place=place)
    return first.filter(first.place < TAIL).select("on", "mode", "case_id", runs=first.runs_count)


def _findings(filed: Any, inquiries: Any, at: Any) -> Any:
    """List findings by their date in UTC; readers then cut a span of dates to the microsecond."""
    known = findings_known(filed.filter(filed.finding_us <= at), inquiries)
    days = (known.finding_us // DAY_US).cast("int32")
    return known.mutate(on=ibis.literal("1970-01-01").cast("date") + days.as_interval("D"))


def _topic_customers(found: Any) -> Any:
    """List the customers of each topic, each at most once a day."""
    known = found.filter(found.counts & found.about.notnull() & found.customer_id.notnull())
    return known.select("on", "mode", "about", "customer_id").distinct()
