"""Surveys over the HTTP API: list, declare, open, close."""

from typing import Any, ClassVar

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.embedding import read_origins
from shinrai.api.fields import Line, Moment
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.api.problems import Problem
from shinrai.satisfaction.endpoints.answers import reads
from shinrai.satisfaction.endpoints.answers import router as router  # the answers' own
from shinrai.satisfaction.operations.files import (
    AnswersAlreadyWithdrawn,
    UnknownAnswerFile,
    withdraw_answers,
)
from shinrai.satisfaction.operations.surveys import close_wave, declare_survey
from shinrai.satisfaction.operations.waves import AskRequest, begin_asking
from shinrai.satisfaction.queries.overview import survey_overview, survey_overviews
from shinrai.satisfaction.queries.surveys import answer_files
from shinrai.satisfaction.rules.targeting import Targeting, read_targeting
from shinrai.units.json_values import json_values

SURVEY = f"{IN_WORKSPACE}/surveys/{{key}}"
writes = BearerKey(Permission.PROMISE, Scope.WRITE)
USUAL = Targeting()


class SurveyBody(Schema):
    """What a survey asks: its kind, and its questions."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    kind: Line
    questions: list[dict[str, Any]] = Field(max_length=100)


class WaveBody(Schema):
    """Where and whom a survey is asked from now on."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    channel: Line
    who: Line = USUAL.who
    days: int = USUAL.days
    share: float = Field(USUAL.share, allow_inf_nan=False)
    cap_days: int = USUAL.cap_days
    is_signed: bool = True
    children: Line = USUAL.children
    origins: list[Line] = Field([], max_length=20)
    closes_at: Moment | None = None


class EndBody(Schema):
    """Where a survey is asked no more: app, mail, link."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    channels: list[Line] = Field(min_length=1, max_length=3)


@router.get(f"{IN_WORKSPACE}/surveys", auth=reads, response=dict[str, Any])
def list_surveys(request: KeyRequest, workspace: str) -> Any:
    """List the surveys: who was asked, answered, was left out, is silent."""
    found = survey_overviews(workspace_id=request.workspace.id, at=request.at)
    return json_values({"surveys": [one.document for one in found]})


@router.put(SURVEY, auth=writes, response=dict[str, Any])
def put_survey(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: SurveyBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Declare a survey, or its next version; other words begin a new series."""

    def write() -> dict[str, Any]:
        declare_survey(
            workspace_id=request.workspace.id,
            key=key,
            document=body.model_dump(),
            at=request.at,
            by=request.member.key,
        )
        return _standing(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.post(f"{SURVEY}/waves", auth=writes, response={200: dict[str, Any]})
def open_survey(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: WaveBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Ask a survey from now on; where it was asked before, that wave ends."""

    def write() -> dict[str, Any]:
        given = body.model_dump() | {"origins": read_origins(body.origins)}
        asked = AskRequest(
            request.workspace.id,
            key,
            body.channel,
            read_targeting(given),
            request.at,
            body.closes_at,
        )
        begin_asking(asked, at=request.at, by=request.member.key)
        return _standing(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.post(f"{SURVEY}/close", auth=writes, response={200: dict[str, Any]})
def close_survey(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: EndBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Ask a survey no more; what was answered stays."""

    def write() -> dict[str, Any]:
        found = survey_overview(workspace_id=request.workspace.id, key=key, at=request.at)
        for one in found.waves:
            if one.wave.channel in body.channels:
                close_wave(wave=one.wave, at=request.at, by=request.member.key)
        return _standing(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


def _standing(request: KeyRequest, key: str) -> dict[str, Any]:
    found = survey_overview(workspace_id=request.workspace.id, key=key, at=request.at)
    return dict(json_values(found.document))


class WithdrawalBody(Schema):
    """Why a file of answers is withdrawn."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    reason: Line = Field(min_length=1, max_length=500)


@router.get(f"{IN_WORKSPACE}/satisfaction/files", auth=reads, response=dict[str, Any])
def list_answer_files(request: KeyRequest, workspace: str) -> Any:
    """List the files of answers that were imported, and which of them were withdrawn."""
    return {"files": [one.document for one in answer_files(workspace_id=request.workspace.id)]}


@router.post(
    f"{IN_WORKSPACE}/satisfaction/files/{{number}}/withdraw",
    auth=BearerKey(Permission.IMPORT, Scope.WRITE),
    response={200: dict[str, Any]},
)
def withdraw_answer_file(
    request: KeyRequest,
    workspace: str,
    number: int,
    body: WithdrawalBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Withdraw a file of answers: they no longer count, until it is imported anew."""

    def write() -> dict[str, Any]:
        try:
            withdraw_answers(
                workspace_id=request.workspace.id,
                file=number,
                reason=body.reason,
                at=request.at,
                by=request.member.key,
            )
        except UnknownAnswerFile as error:
            raise Problem(404, error.text) from error
        except AnswersAlreadyWithdrawn as error:
            raise Problem(409, error.text) from error
        return {"withdrawn": number}

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )
