"""Begin asking: a survey's words, its wave and its address, in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.privacy.rules.encryption import encrypt
from shinrai.satisfaction.models import SurveyAddress
from shinrai.satisfaction.operations.surveys import (
    WaveRequest,
    close_wave,
    declare_survey,
    open_wave,
)
from shinrai.satisfaction.queries.surveys import WaveRecord, survey_named, waves
from shinrai.satisfaction.rules.survey import BadSurvey
from shinrai.satisfaction.rules.targeting import ASKING_CHANNELS, MOST_STEPS, Targeting
from shinrai.units.text import Text


@dataclass(frozen=True)
class AskRequest:
    """What is asked from now on: the survey, where, whom, from when until when.

    Without a document the words stay as they were declared.
    """

    workspace_id: int
    survey: str
    channel: str
    targeting: Targeting
    opens_at: datetime
    closes_at: datetime | None = None
    document: Any = None


def begin_asking(asked: AskRequest, *, at: datetime, by: str) -> WaveRecord:
    """Open a wave of a survey, declaring its words before; the wave there before it closes.

    Raises: BadSurvey, UnknownSurvey.
    """
    there = asked.workspace_id
    if asked.channel not in ASKING_CHANNELS:
        raise BadSurvey(Text("Choose where it is asked."))
    if asked.closes_at is not None and asked.closes_at <= at:
        raise BadSurvey(Text("The wave would be over before it begins; choose a later end."))
    with transaction.atomic():
        if asked.document is not None:
            declare_survey(
                workspace_id=there, key=asked.survey, document=asked.document, at=at, by=by
            )
        survey = survey_named(workspace_id=there, key=asked.survey)
        if asked.channel == "app" and len(survey.survey.questions) > MOST_STEPS:
            said = Text("In the product at most {most} questions are asked.", most=MOST_STEPS)
            raise BadSurvey(said)
        before = waves(workspace_id=there, survey=asked.survey)
        for one in before:
            if one.channel == asked.channel and one.is_open(at):
                close_wave(wave=one, at=at, by=by)
        _address(there, asked.survey, at)
        return open_wave(
            WaveRequest(
                workspace_id=there,
                key=f"{asked.survey}-{asked.channel}-{len(before) + 1}",
                survey=survey,
                channel=asked.channel,
                opens_at=max(asked.opens_at, at),
                closes_at=asked.closes_at,
                settings=asked.targeting.document,
            ),
            at=at,
            by=by,
        )


def _address(workspace_id: int, survey: str, at: datetime) -> None:
    master, secret = settings.SHINRAI_MASTER_KEY, secrets.token_urlsafe(32)
    made = {
        "token": secrets.token_urlsafe(12),
        "secret": encrypt(master, secret),
        "made_at": at,
    }
    SurveyAddress.objects.get_or_create(workspace_id=workspace_id, survey=survey, defaults=made)


def renew_secret(*, workspace_id: int, survey: str, at: datetime, by: str) -> None:
    """Give a survey a new secret; persons signed with the old one are refused from now on."""
    with transaction.atomic():
        sealed = encrypt(settings.SHINRAI_MASTER_KEY, secrets.token_urlsafe(32))
        rows = SurveyAddress.objects.filter(workspace_id=workspace_id, survey=survey)
        if rows.update(secret=sealed):
            record_action(
                workspace_id=workspace_id,
                what="renew survey secret",
                subject=f"survey:{survey}",
                at=at,
                by=by,
            )
