"""Declare surveys, and open and close waves in which they are asked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.postgres.locks import lock_in_transaction
from shinrai.satisfaction.models import SurveyVersion, Wave
from shinrai.satisfaction.queries.surveys import (
    SurveyRecord,
    WaveRecord,
    survey_named,
    wave_named,
    wave_numbered,
)
from shinrai.satisfaction.rules.survey import KEY, BadSurvey, read_survey
from shinrai.units.text import Text


@dataclass(frozen=True)
class WaveRequest:
    """A wave to open: its key, which survey, over which channel, from when until when."""

    workspace_id: int
    key: str
    survey: SurveyRecord
    channel: str
    opens_at: datetime
    closes_at: datetime | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def declare_survey(
    *, workspace_id: int, key: str, document: Any, at: datetime, by: str
) -> SurveyRecord:
    """Declare a survey, or its next version; the same document again changes nothing.

    Raises: BadSurvey.
    """
    if not KEY.fullmatch(key):
        raise BadSurvey(Text("A survey's key is of small letters, digits, - and _."))
    survey = read_survey(document)
    with transaction.atomic():
        lock_in_transaction(f"surveys:{workspace_id}")
        before = (
            SurveyVersion.objects.filter(workspace_id=workspace_id, key=key)
            .order_by("-number")
            .first()
        )
        if before is None or before.wording != survey.wording:
            SurveyVersion.objects.create(
                workspace_id=workspace_id,
                key=key,
                number=before.number + 1 if before else 1,
                document=survey.document,
                wording=survey.wording,
                declared_at=at,
                by=by,
            )
            record_action(
                workspace_id=workspace_id,
                what="survey declared",
                subject=f"survey:{key}",
                at=at,
                by=by,
            )
    return survey_named(workspace_id=workspace_id, key=key)


def open_wave(asked: WaveRequest, *, at: datetime, by: str) -> WaveRecord:
    """Open a wave; one with this key that is there already is returned as it is.

    Raises: BadSurvey if it would end before it begins, or the key is of another survey.
    """
    if asked.closes_at is not None and asked.closes_at <= asked.opens_at:
        raise BadSurvey(Text("The wave would end before it begins."))
    with transaction.atomic():
        lock_in_transaction(f"surveys:{asked.workspace_id}")
        there = wave_named(workspace_id=asked.workspace_id, key=asked.key)
        if there is not None:
            if there.survey.id != asked.survey.id:
                raise BadSurvey(
                    Text("{wave} asked other words; begin another wave, under another name.",
                         wave=asked.key)
                )  # fmt: skip
            return there
        row = Wave.objects.create(
            workspace_id=asked.workspace_id,
            key=asked.key,
            survey_id=asked.survey.id,
            channel=asked.channel,
            opens_at=asked.opens_at,
            closes_at=asked.closes_at,
            settings=asked.settings,
            opened_by=by,
        )
        record_action(
            workspace_id=asked.workspace_id,
            what="survey wave opened",
            subject=f"wave:{row.pk}",
            at=at,
            by=by,
        )
    return wave_numbered(row.pk)


def close_wave(*, wave: WaveRecord, at: datetime, by: str) -> bool:
    """End a wave now; return whether it was open."""
    with transaction.atomic():
        rows = Wave.objects.filter(id=wave.id, opens_at__lt=at)
        done = rows.exclude(closes_at__lte=at).update(closes_at=at) == 1
        if done:
            record_action(
                workspace_id=wave.workspace_id,
                what="survey wave closed",
                subject=f"wave:{wave.id}",
                at=at,
                by=by,
            )
    return done
