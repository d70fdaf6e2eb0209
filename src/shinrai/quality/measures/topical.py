"""Counts that need topics: what a label counts as, findings by person, double labels."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shinrai.quality.measures.population import Moment, moment_of

SPAN_US = timedelta(days=180) // timedelta(microseconds=1)


def with_topics(rows: Any, topics: Any) -> Any:
    """Add `about`: the topic that a row's label counts as today; null if it was never labelled.

    Input:  any table with a column `topic`, and topics.facts.TOPICS
    A label that no codebook contains counts as itself.
    """
    says = topics.select(said_label=topics.label, counts_as=topics.topic)
    joined = rows.left_join(says, [rows.topic == says.said_label])
    return joined.mutate(about=joined.counts_as.coalesce(joined.topic)).drop(
        "said_label", "counts_as"
    )


def of_topic(rows: Any, topic: str | None) -> Any:
    """Keep the rows that count as one topic; with None, all rows.

    Input:  rows with a column `about`
    """
    return rows if topic is None else rows.filter(rows.about == topic)


def double_labels(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Count inquiries by the labels that independent people gave them.

    Input:  measures.population.population
    Shape:  one row per mode, `double_labels` (the sorted labels, joined by newlines), and `by`.
    """
    twice = found.filter(found.counts & found.double_labels.notnull())
    return twice.group_by(*by, "mode", "double_labels").aggregate(count=twice.count())


def findings(
    investigations: Any,
    inquiries: Any,
    *,
    until: Moment,
    mode: str | None = None,
    topic: str | None = None,
) -> Any:
    """Count the findings of the 180 days before a moment, by topic and by who found it.

    Input:  quality.facts.INVESTIGATIONS and INQUIRIES, each `with_topics`
    Shape:  one row per (mode, about, finder); the finder is a number, not a name.
    """
    ends = moment_of(investigations, until)
    found = investigations.filter(
        (investigations.finding_us > ends - SPAN_US) & (investigations.finding_us <= ends)
    )
    if mode is not None:
        found = found.filter(found["mode"] == mode)
    told = of_topic(findings_known(found, inquiries), topic)
    return told.group_by("mode", "finder", "about").aggregate(count=told.count())


def findings_known(investigations: Any, inquiries: Any) -> Any:
    """List the findings with a known topic: mode, finder, about, finding_us."""
    found = subjects(investigations.filter(investigations.finder.notnull()), inquiries)
    told = found.select("mode", "finder", "finding_us", "about")
    return told.filter(told.about.notnull())


def verdicts(investigations: Any, inquiries: Any, *, at: Moment) -> Any:
    """List the investigations that have a finding by a moment, each with its verdict.

    Input:  quality.facts.INVESTIGATIONS and INQUIRIES, each `with_topics`
    Shape:  on, mode, verdict, service, about, defect, case_id; null: not recorded.
    """
    found = investigations.filter(
        (investigations.finding_us <= at) & investigations.verdict.notnull()
    )
    told = subjects(found, inquiries)
    names = ("mode", "verdict", "service", "about", "defect", "case_id")
    return told.select(*names, on=told.finding_on)


def subjects(investigations: Any, inquiries: Any) -> Any:
    """Give investigations their topic: the filing's own, else that of the inquiry they are about.

    Input:  quality.facts.INVESTIGATIONS and INQUIRIES, each `with_topics`
    The inquiry is the one it is filed under here, or the one whose key it names, if exactly one has
    it.
    """
    above = inquiries.select(above_id=inquiries.case_id, above_about=inquiries.about)
    found = investigations.left_join(above, [investigations.inquiry_id == above.above_id])
    named = inquiries.semi_join(found, [inquiries.case_key == found.inquiry_key])
    named = named.group_by(named_key=named.case_key).aggregate(
        named_count=named.count(), named_about=named.about.max()
    )
    named = named.filter(named.named_count == 1)
    found = found.left_join(named, [found.inquiry_key == named.named_key])
    return found.mutate(
        about=found.about.coalesce(found.above_about).coalesce(found.named_about)
    ).drop("above_id", "above_about", "named_key", "named_count", "named_about")


def topic_sizes(found: Any, *, by: Sequence[str] = ()) -> Any:
    """Count inquiries by topic: distinct customers, inquiries, and those that came back.

    Input:  measures.population.population of inquiries `with_topics`
    Shape:  one row per (mode, about) and value of `by`; about null: not labelled.
    """
    counts = found.filter(found.counts)
    return counts.group_by(*by, "mode", "about").aggregate(
        customers=counts.customer_id.nunique(),
        inquiries=counts.count(),
        with_customer=counts.customer_id.notnull().sum(),
        settled=counts.settled.sum(),
        came_back=(counts.settled & counts.came_back).fill_null(False).sum(),
        open=counts.phase.isin(["open", "waiting"]).sum(),
    )
