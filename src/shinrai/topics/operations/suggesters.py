"""Operations on what suggests topics: word rules, models, switches, and what became of them."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction

from shinrai.postgres.locks import lock_in_transaction
from shinrai.topics.models import TopicSuggestion, TopicSwitch, TopicWordRule, TrainedTextModel
from shinrai.topics.queries import codebook, switch_of
from shinrai.topics.rules.fields import FieldRule
from shinrai.topics.rules.held_back import HeldBack
from shinrai.topics.rules.switches import WEEKS, SwitchRefused, SwitchState, must_close
from shinrai.topics.rules.text_model import TextModel
from shinrai.topics.rules.word_rules import WordRule
from shinrai.units.text import Text

ARRAYS = ("pieces", "rarity", "weights", "offsets")


@dataclass(frozen=True)
class NewSuggestion:
    """A topic suggested for a case; `reasons` hold places and names of fields, never words."""

    case_id: int
    topic: str
    means: str
    confidence: float | None
    reasons: dict[str, Any]


@dataclass(frozen=True)
class Learnt:
    """What a training found: weights, fields, how far people agree, and copies set apart."""

    model: TextModel
    agreement: dict[str, str]
    fields: Sequence[FieldRule]
    floods: int


def keep_word_rule(*, workspace_id: int, rule: WordRule, at: datetime, by: str) -> None:
    """Keep the rule of a topic, or end it if it has no words. Raises: UnknownTopic."""
    topic = codebook(workspace_id=workspace_id).topic(rule.topic).key
    words = {name: list(getattr(rule, name)) for name in ("any", "all", "none")}
    TopicWordRule.objects.create(workspace_id=workspace_id, topic=topic, words=words, at=at, by=by)


def turn_switch(*, workspace_id: int, state: SwitchState, at: datetime, by: str) -> None:
    """Switch a topic's suggestions on where they may be, or off where they are on.

    Raises: SwitchRefused.
    """
    if not state.is_on and not state.may_open:
        if state.agreement != "above":
            raise SwitchRefused(
                Text(
                    "people do not agree enough on {topic} yet; set its gate in the codebook and "
                    "label more inquiries a second time",
                    topic=state.topic,
                )
            )
        raise SwitchRefused(
            Text(
                "{topic} needs {n} more examples without a fault before it can be suggested",
                topic=state.topic,
                n=state.missing,
            )
        )
    TopicSwitch.objects.create(
        workspace_id=workspace_id,
        topic=state.topic,
        is_on=not state.is_on,
        why="person",
        at=at,
        by=by,
    )


def keep_text_model(*, workspace_id: int, learnt: Learnt, at: datetime, by: str) -> None:
    """Store a model's numbers in the home folder, and what it was trained on in a row."""
    path = model_path(workspace_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    model, said = learnt.model, asdict(learnt.model)
    arrays = {name: said.pop(name) for name in ARRAYS}
    draft = path.with_suffix(".new.npz")
    with draft.open("wb") as file:
        np.savez_compressed(file, about=np.array(json.dumps(said)), **arrays)
    with transaction.atomic():
        lock_in_transaction(f"text model:{workspace_id}")
        TrainedTextModel.objects.create(
            workspace_id=workspace_id,
            codebook=codebook(workspace_id=workspace_id).version,
            examples=model.examples,
            held_back={topic: asdict(held) for topic, held in model.held_back.items()},
            floods=learnt.floods,
            agreement=learnt.agreement,
            fields=[rule.document for rule in learnt.fields],
            at=at,
            by=by,
        )
        os.replace(draft, path)


def load_text_model(workspace_id: int) -> TextModel | None:
    """Return the model of a workspace, or None; nothing of the file can run."""
    path = model_path(workspace_id)
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as found:
        said = json.loads(str(found["about"]))
        arrays = {name: found[name] for name in ARRAYS}
    said["topics"], said["few"] = tuple(said["topics"]), tuple(said["few"])
    said["sureness"] = tuple(said["sureness"])
    said["held_back"] = {topic: HeldBack(**held) for topic, held in said["held_back"].items()}
    return TextModel(**said, **arrays)


def model_path(workspace_id: int) -> Path:
    """Return the file of a workspace's model."""
    return Path(settings.SHINRAI_HOME) / "topic_models" / f"{workspace_id}.npz"


def keep_suggestions(*, workspace_id: int, found: Sequence[NewSuggestion], at: datetime) -> None:
    """Keep the suggestions of cases that have none yet."""
    TopicSuggestion.objects.bulk_create(
        [TopicSuggestion(workspace_id=workspace_id, at=at, **asdict(one)) for one in found],
        ignore_conflicts=True,
    )


def settle_suggestion(*, workspace_id: int, case_id: int, topic: str, at: datetime) -> bool:
    """Note what a person said where a topic was suggested; return whether its switch was closed.

    The first label counts. A switch closes itself when overrides come too thick.
    """
    waiting = TopicSuggestion.objects.filter(case_id=case_id, workspace_id=workspace_id, said="")
    if not waiting.update(said=topic, said_at=at):
        return False
    suggested = TopicSuggestion.objects.get(case_id=case_id)
    lock_in_transaction(f"switch:{workspace_id}:{suggested.topic}")
    switch = switch_of(workspace_id=workspace_id, topic=suggested.topic)
    if suggested.means == "words" or switch is None or not switch.is_on:
        return False
    since = TopicSuggestion.objects.filter(
        workspace_id=workspace_id, topic=suggested.topic, said_at__gte=switch.at
    ).exclude(means="words")
    outcomes = [said != suggested.topic for said in _said(since)]
    recent = since.filter(said_at__gte=at - timedelta(weeks=WEEKS)).count()
    if not must_close(outcomes, a_week=recent / WEEKS):
        return False
    TopicSwitch.objects.create(
        workspace_id=workspace_id,
        topic=suggested.topic,
        is_on=False,
        why="overrides",
        at=at,
        by="worker",
    )
    return True


def _said(rows: Any) -> list[str]:
    return list(rows.order_by("said_at", "id").values_list("said", flat=True))
