"""What topics, labels, findings and reviews add to the counts, from the published tables."""

from typing import Any

from shinrai.quality.facts.answers import ANSWERS
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.topical import double_labels, findings, of_topic
from shinrai.topics.facts import TOPICS
from shinrai.warehouse.parameters import of_shape

SAME = ("customer_id", "about")


def topical_counts(
    found: Any, inquiries: Any, investigations: Any, names: frozenset[str]
) -> dict[str, Any]:
    """Count what figures by topic are made of; only what was labelled is looked at.

    Input:  the population asked about, all inquiries and all investigations, each `with_topics`.
    Findings are those of the 180 days before `ends`. With a `topic`, only what counts as it; how
    far labellers agree is then not asked, for what they disagreed on would be told by what was
    decided.
    """
    asked = of_shape(names, "at", "since", "until", "mode")
    more = of_shape(names, "ends", "mode", "topic")
    sampled = ANSWERS.unbound()
    if more["topic"] is not None:
        about = of_topic(inquiries, more["topic"])
        sampled = sampled.semi_join(about, [sampled.case_id == about.case_id])
    return {
        "repeats_on_topic": repeats(found, inquiries, same=SAME),
        "double_labels": double_labels(found),
        "findings": findings(
            investigations,
            inquiries,
            until=more["ends"],
            mode=more["mode"],
            topic=more["topic"],
        ),
        "marks": marks(sampled, **asked),
        "counts_as": TOPICS.unbound().select("label", "topic"),
    }
