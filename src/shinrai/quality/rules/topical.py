"""Figures that need topics: agreement of labellers, and topics that depend on one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shinrai.quality.rules import reasons
from shinrai.quality.rules.figures import Figure, share_figure, unknown_figure
from shinrai.statistics.interval import Interval
from shinrai.statistics.krippendorff import alpha, alpha_interval
from shinrai.units.unknown import Unknown

FEWEST_FINDINGS: Final = 5
SEED: Final = 20260401  # of the bootstrap: the same labels give the same interval everywhere
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """The labels several people gave the same things: each pattern, and how many things have it."""

    patterns: tuple[tuple[str, ...], ...]
    times: tuple[int, ...]

    @property
    def things(self) -> int:
        return sum(self.times)

    def about(self, topic: str) -> "Judged":
        """Return the patterns with every label reduced to this topic or another."""
        told = tuple(
            tuple("this" if said == topic else "another" for said in pattern)
            for pattern in self.patterns
        )
        return Judged(told, self.times)


def resolved(rows: Iterable[Row], counts_as: Mapping[str, str]) -> list[dict[str, Any]]:
    """Replace each label in counted patterns by the topic it counts as today."""
    return [
        {**row, "double_labels": "\n".join(sorted(counts_as.get(it, it) for it in _said(row)))}
        for row in rows
    ]


def judged_of(rows: Iterable[Row]) -> Judged:
    """Return counted patterns as `Judged`."""
    found: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows:
        found[tuple(_said(row))] += int(row["count"])
    return Judged(tuple(found), tuple(found.values()))


def _said(row: Row) -> list[str]:
    return str(row["double_labels"]).split("\n")


def alpha_figure(judged: Judged, none: Unknown, **beside: Any) -> Figure:
    """Return Krippendorff's alpha with interval and n; unknown if no two people judged."""
    if not judged.patterns:
        return unknown_figure(none, of=0, **beside)
    # The bootstrap draws by place: however patterns were counted, the interval must be the same.
    pairs = sorted(zip(judged.patterns, judged.times, strict=True))
    patterns, times = [pattern for pattern, _ in pairs], [n for _, n in pairs]
    found = alpha(patterns, times=times)
    interval = alpha_interval(patterns, seed=SEED, times=times)
    if isinstance(found, Unknown) or not isinstance(interval, Interval):
        why = found if isinstance(found, Unknown) else none
        return unknown_figure(why, of=judged.things, **beside)
    ends = {"low": interval.low, "high": interval.high, "method": interval.method}
    return {"alpha": found, "of": judged.things, **ends, **beside}


def agreement_figure(rows: Iterable[Row]) -> Figure:
    """Return how far independent labellers agree; labels were replaced by their topics before."""
    judged = judged_of(rows)
    judgements = sum(
        len(pattern) * n for pattern, n in zip(judged.patterns, judged.times, strict=True)
    )
    return alpha_figure(judged, reasons.NO_LABELLERS, judgements=judgements)


@dataclass(frozen=True)
class TopicAgreement:
    """The agreement on one topic; `confused` are other labels given, with the number of pairs."""

    topic: str
    figure: Figure
    pairs: int
    agreed: int
    confused: tuple[tuple[str, int], ...]


def agreement_by_topic(judged: Judged) -> tuple[TopicAgreement, ...]:
    """Return, for each topic, how far people agree that an inquiry is about it, and other labels.

    A pair is two people's labels of one inquiry, at least one of them this topic.
    """
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for pattern, n in zip(judged.patterns, judged.times, strict=True):
        for place, one in enumerate(pattern):
            for other in pattern[place + 1 :]:
                pairs[one, other] += n
    found = []
    for topic in sorted({name for pair in pairs for name in pair}):
        mine = {pair: n for pair, n in pairs.items() if topic in pair}
        confused = [(_other(pair, topic), n) for pair, n in mine.items() if pair != (topic, topic)]
        found.append(
            TopicAgreement(
                topic=topic,
                figure=alpha_figure(judged.about(topic), reasons.NO_LABELLERS),
                pairs=sum(mine.values()),
                agreed=pairs.get((topic, topic), 0),
                confused=tuple(sorted(confused, key=lambda item: (-item[1], item[0]))),
            )
        )
    return tuple(found)


def _other(pair: tuple[str, str], topic: str) -> str:
    return pair[1] if pair[0] == topic else pair[0]


@dataclass(frozen=True)
class Hanging:
    """The findings on one topic: how many, and how many by the person who found most."""

    topic: str
    findings: int
    by_one: int
    finder: str

    @property
    def hangs_on_one(self) -> bool:
        """Return whether at least four in five came from one person, compared exactly."""
        return self.by_one * 5 >= self.findings * 4


def hanging_of(rows: Iterable[Row]) -> tuple[Hanging, ...]:
    """Return the topics with enough findings, those that depend on one person first."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[str(row["about"])][str(row["finder"])] += int(row["count"])
    topics = []
    for topic, finders in found.items():
        total = sum(finders.values())
        if total >= FEWEST_FINDINGS:
            finder = min(finders, key=lambda who: (-finders[who], who))
            topics.append(Hanging(topic, total, finders[finder], finder))
    return tuple(sorted(topics, key=lambda t: (not t.hangs_on_one, -t.findings, t.topic)))


def single_person_figure(rows: Sequence[Row], *, is_labelled: bool) -> Figure:
    """Return the share of topics that depend on one person, without naming the person."""
    topics = hanging_of(rows)
    none = reasons.FEW_FINDINGS if rows or is_labelled else reasons.NO_TOPICS
    return share_figure(
        sum(topic.hangs_on_one for topic in topics),
        len(topics),
        none,
        topics=[
            {"topic": topic.topic, "findings": topic.findings, "by_one": topic.by_one}
            for topic in topics
        ],
    )
