"""Queries about codebooks, second labels, and what suggests topics."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shinrai.topics.models import (
    CodebookChange,
    SecondLabels,
    TopicSuggestion,
    TopicSwitch,
    TopicWordRule,
    TrainedTextModel,
)
from shinrai.topics.rules.codebook import Codebook, TopicChange, codebook_of
from shinrai.topics.rules.fields import FieldRule
from shinrai.topics.rules.held_back import HeldBack
from shinrai.topics.rules.switches import PROMISE, WEEKS, SwitchState
from shinrai.topics.rules.word_rules import WordRule

_FIELDS = (
    *("number", "deed", "key", "at", "by", "name_en", "name_ja", "definition", "parent", "into"),
    "gate",
)


@dataclass(frozen=True)
class SecondLabelDraw:
    """How inquiries are chosen for a second label; `per_mille` 0: none are."""

    per_mille: int
    seed: str


def changes(*, workspace_id: int) -> tuple[TopicChange, ...]:
    """List every change of a workspace's codebook, in order."""
    rows = CodebookChange.objects.filter(workspace_id=workspace_id).order_by("number")
    return tuple(TopicChange(*row) for row in rows.values_list(*_FIELDS))


def codebook(*, workspace_id: int, until: datetime | None = None) -> Codebook:
    """Return a workspace's codebook as of a moment (None: now)."""
    return codebook_of(changes(workspace_id=workspace_id), until=until)


def changed_codebooks(*, since: int | None, upto: int) -> list[int]:
    """Return the workspaces whose codebook changed in a range of transactions (None: all)."""
    rows = CodebookChange.objects.filter(written_in__lt=upto)
    if since is not None:
        rows = rows.filter(written_in__gte=since)
    return sorted(set(rows.values_list("workspace_id", flat=True)))


def drawing(*, workspace_id: int) -> SecondLabelDraw:
    """Return how a workspace chooses inquiries for a second label."""
    row = SecondLabels.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    return SecondLabelDraw(row.per_mille, row.seed) if row else SecondLabelDraw(0, "")


@dataclass(frozen=True)
class SwitchRecord:
    """How a topic's switch was last turned."""

    is_on: bool
    why: str
    at: datetime


@dataclass(frozen=True)
class Training:
    """What a workspace's model was last trained on."""

    at: datetime
    codebook: int
    examples: int
    floods: int
    held_back: dict[str, HeldBack]
    agreement: dict[str, str]
    fields: tuple[FieldRule, ...]


@dataclass(frozen=True)
class SuggestedTopic:
    """The topic suggested for a case, and why."""

    topic: str
    means: str
    confidence: float | None
    reasons: dict[str, Any]


def word_rules(*, workspace_id: int) -> tuple[WordRule, ...]:
    """Return the word rules that count, by topic."""
    rows = TopicWordRule.objects.filter(workspace_id=workspace_id).order_by("topic", "-id")
    return tuple(
        WordRule(row.topic, **{name: tuple(words) for name, words in row.words.items()})
        for row in rows.distinct("topic")
        if row.words["any"] or row.words["all"]
    )


def switch_of(*, workspace_id: int, topic: str) -> SwitchRecord | None:
    """Return how a topic's switch was last turned; None if never."""
    rows = TopicSwitch.objects.filter(workspace_id=workspace_id, topic=topic).order_by("-id")
    row = rows.values_list("is_on", "why", "at").first()
    return SwitchRecord(*row) if row else None


def last_training(*, workspace_id: int) -> Training | None:
    """Return the last training of a workspace, or None."""
    row = TrainedTextModel.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    if row is None:
        return None
    held = {topic: HeldBack(**said) for topic, said in row.held_back.items()}
    fields = tuple(FieldRule(**said) for said in row.fields)
    return Training(row.at, row.codebook, row.examples, row.floods, held, row.agreement, fields)


def switches(*, workspace_id: int, at: datetime) -> tuple[SwitchState, ...]:
    """Return the switch of every topic in use, those that are on first."""
    trained = last_training(workspace_id=workspace_id)
    rows = TopicSwitch.objects.filter(workspace_id=workspace_id).order_by("topic", "-id")
    turned = {row.topic: row for row in rows.distinct("topic")}
    shown: Counter[str] = Counter()
    overridden: Counter[str] = Counter()
    recent: Counter[str] = Counter()
    given = TopicSuggestion.objects.filter(workspace_id=workspace_id).exclude(means="words")
    for topic, said, said_at, made_at in given.values_list("topic", "said", "said_at", "at"):
        recent[topic] += made_at >= at - timedelta(weeks=WEEKS)
        if said_at is not None and topic in turned and said_at >= turned[topic].at:
            shown[topic] += 1
            overridden[topic] += said != topic
    found = [
        SwitchState(
            topic=topic.key,
            is_on=topic.key in turned and turned[topic.key].is_on,
            why=turned[topic.key].why if topic.key in turned else "",
            agreement=trained.agreement.get(topic.key, "none") if trained else "none",
            held=(trained.held_back.get(topic.key) if trained else None)
            or HeldBack(threshold=PROMISE),
            shown=shown[topic.key],
            overridden=overridden[topic.key],
            a_week=recent[topic.key] / WEEKS,
        )
        for topic in codebook(workspace_id=workspace_id).in_use
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_on, one.missing, one.topic)))


def suggested_topic(*, case_id: int) -> SuggestedTopic | None:
    """Return the topic suggested for a case that nobody has answered yet, or None."""
    rows = TopicSuggestion.objects.filter(case_id=case_id, said="")
    row = rows.values_list("topic", "means", "confidence", "reasons").first()
    return SuggestedTopic(*row) if row else None


def without_suggestion(*, case_ids: list[int]) -> list[int]:
    """Return the cases for which nothing was suggested yet."""
    there = set(
        TopicSuggestion.objects.filter(case_id__in=case_ids).values_list("case_id", flat=True)
    )
    return [case_id for case_id in case_ids if case_id not in there]
