"""Topics of a report: which came more often than before, and which were missed."""

from collections import Counter
from collections.abc import Iterable

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.ledger.queries import steps_of
from shinrai.quality.queries.topics import topic_report
from shinrai.reports.queries.records import MissedTopics, RisenTopic, Section
from shinrai.reports.rules.periods import BEFORE, DAY, Period
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import rate_ratio
from shinrai.topics.queries import codebook
from shinrai.topics.rules.labels import topic_of

FEWEST = 5  # fewer of a topic are no news, whatever their ratio
MOST_MISSES = 500
LEVEL = 0.95


def risen_topics(*, workspace: WorkspaceRecord, period: Period) -> tuple[RisenTopic, ...] | None:
    """List the topics that came more often than in the periods before, the most certain first.

    Of many topics one differs by chance alone: the level is shared among those compared
    (Bonferroni). A mode of which nothing was labelled before cannot be compared; None: none can.
    """
    spans, first = BEFORE[period.kind], period.with_those_before()[0].first
    found = topic_report(workspace=workspace, since=period.first, until=period.last)
    earlier = topic_report(workspace=workspace, since=first, until=period.first - DAY)
    before = {
        (mode.mode, topic.topic): topic.inquiries for mode in earlier.modes for topic in mode.topics
    }
    labelled = {mode.mode for mode in earlier.modes if mode.labelled}
    compared = [
        (mode.mode, topic) for mode in found.modes if mode.mode in labelled for topic in mode.topics
    ]
    if not labelled:
        return None
    book, risen = codebook(workspace_id=workspace.id), []
    for mode, topic in compared:
        earlier_count = before.get((mode, topic.topic), 0)
        level = 1 - (1 - LEVEL) / len(compared)
        ratio = rate_ratio(topic.inquiries, earlier_count, spans, level)
        if topic.inquiries >= FEWEST and isinstance(ratio, Interval) and ratio.low > 1:
            name = book.name(topic.topic)
            risen.append(RisenTopic(name, mode, topic.inquiries, earlier_count / spans, ratio.low))
    return tuple(sorted(risen, key=lambda topic: -topic.at_least))


def missed_topics(
    *, workspace: WorkspaceRecord, sections: Iterable[Section]
) -> MissedTopics | None:
    """Return the one or two topics that half of the missed cases are about; None if none are."""
    cases = sorted({line.case_id for section in sections for line in section.misses})
    if not cases or len(cases) > MOST_MISSES:
        return None
    book = codebook(workspace_id=workspace.id)
    topics = Counter(
        book.counts_as(topic)
        for steps in steps_of(cases, workspace_id=workspace.id).values()
        if (topic := topic_of(steps)) is not None
    )
    for some in (topics.most_common(1), topics.most_common(2)):
        count = sum(number for _, number in some)
        if count >= max(3, len(cases) / 2):
            return MissedTopics(tuple(book.name(key) for key, _ in some), count, len(cases))
    return None
