"""Find the topic that a typed key stands for, among those in the workspace."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.topical import with_topics
from shinrai.topics.facts import TOPICS
from shinrai.topics.rules.codebook import UnknownTopic
from shinrai.units.text import Text
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS)
MOST_NAMED: Final = 20


def topic_meant(
    warehouse: Warehouse,
    workspace_id: int,
    key: str,
    *,
    given: Mapping[str, pa.Table] | None = None,
) -> str:
    """Return the topic a key counts as: a topic, a label merged into one, or a source's own label.

    Raises: UnknownTopic, which names the topics there are, those with most inquiries first.
    """
    topics = TOPICS.unbound()
    inquiries = with_topics(INQUIRIES.unbound(), topics)
    ours = with_topics(INVESTIGATIONS.unbound(), topics)
    asked = {
        "says": topics.select("label", "topic"),
        "inquiries": inquiries.group_by("about").aggregate(count=inquiries.count()),
        "investigations": ours.select("about").distinct(),
    }
    within = {"workspace_id": workspace_id}
    answers = run_all(warehouse, asked, tables=TABLES, within=within, given=given)
    says = {row["label"]: row["topic"] for row in answers["says"].records()}
    sizes = Counter({row["about"]: row["count"] for row in answers["inquiries"].records()})
    filed = [row["about"] for row in answers["investigations"].records()]
    there = {*says.values(), *sizes, *filed} - {None}
    meant = says.get(key, key)
    if meant in there:
        return str(meant)
    first = sorted(there, key=lambda topic: (-sizes[topic], topic))[:MOST_NAMED]
    more = len(there) - len(first)
    known = first or Text("no topics yet")
    if more:
        known = Text("{known}, and {more} more", known=known, more=more)
    raise UnknownTopic(
        Text("nothing here is about {key!r}; there are: {known}", key=key, known=known)
    )
