"""Missions over the HTTP API: declare, report completions, and a learner's day, week and pins."""

from dataclasses import asdict
from typing import Annotated, Any, ClassVar, Final

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Day, Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.api.problems import spoken
from shinrai.missions.operations.attempts import offer_today, record_attempts
from shinrai.missions.operations.declarations import declare_activities, declare_pins
from shinrai.missions.operations.first_view import summary_shown
from shinrai.missions.operations.learner_page import MOST_ORIGINS, MOST_PRODUCT, set_learner_page
from shinrai.missions.queries.documents import (
    declared_document,
    link_document,
    pins_document,
    today_document,
    week_document,
)
from shinrai.missions.queries.learner import (
    learner_named,
    pins_of,
    week_of_learner,
)
from shinrai.missions.queries.learner_page import MOST_MINUTES, USUAL_MINUTES, learner_link
from shinrai.missions.queries.summary import MOST_WEEKS, WEEKS
from shinrai.missions.rules.attempt import ReportedAttempt
from shinrai.missions.rules.furigana import Script

router = ApiRouter(tags=["missions"])
LEARNER: Final = f"{IN_WORKSPACE}/learners/{{learner}}"
MOST_SENT: Final = 500
reads = BearerKey(Permission.READ)
sends = BearerKey(Permission.IMPORT, Scope.WRITE)


class CompletionBody(Schema):
    """An activity that a learner began or completed; sent again under its `id`, it counts once."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    id: Line = Field(min_length=1, max_length=200)
    learner: Line = Field(min_length=1, max_length=200)
    activity: Line
    occurred_at: Moment
    zone: Line | None = Field(None, description="The learner's time zone: Asia/Tokyo.")
    completed: bool = True
    score: float | None = Field(None, allow_inf_nan=False)
    of: float = Field(100, gt=0, allow_inf_nan=False, description="The highest score possible.")

    def reported(self) -> ReportedAttempt:
        """Return the attempt that it reports."""
        return ReportedAttempt(
            id=self.id,
            learner=self.learner,
            activity=self.activity,
            at=self.occurred_at,
            zone=self.zone,
            is_completed=self.completed,
            score=self.score,
            most=self.of,
        )


class CompletionsBody(Schema):
    """Completions, in any order."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    completions: list[CompletionBody] = Field(min_length=1, max_length=MOST_SENT)


class RowsBody(Schema):
    """All activities, or all pins, of a workspace."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    rows: list[dict[str, Any]] = Field(max_length=20_000)


class LearnerLinkBody(Schema):
    """For how long the address of a learner's page opens."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    minutes: int = Field(USUAL_MINUTES, ge=1, le=MOST_MINUTES)


class LearnerPageBody(Schema):
    """How the page for learners is shown: framed by whom, in which script, under which name."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    origins: list[Line] = Field(max_length=MOST_ORIGINS)
    script: Script = Field("kana", description="How Japanese is written.")
    product: Line = Field("", max_length=MOST_PRODUCT)


@router.post(f"{IN_WORKSPACE}/completions", auth=sends, response={200: dict[str, Any]})
def report_completions(
    request: KeyRequest,
    workspace: str,
    body: CompletionsBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Record completions, each id once; those that do not count are set aside, with the reason."""

    def write() -> dict[str, Any]:
        found = record_attempts(
            workspace=request.workspace,
            reports=[one.reported() for one in body.completions],
            received_at=request.at,
        )
        return {
            "new": found.new,
            "known": found.known,
            "erased": found.erased,
            "refused": [
                {"place": place, "id": body.completions[place].id, "reason": spoken(why)}
                for place, why in found.refused.items()
            ],
        }

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.put(f"{IN_WORKSPACE}/activities", auth=sends, response=dict[str, Any])
def put_activities(
    request: KeyRequest, workspace: str, body: RowsBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """Declare all activities; those that are missing are gone from now on."""

    def write() -> dict[str, Any]:
        return declared_document(
            declare_activities(
                workspace_id=request.workspace.id,
                rows=body.rows,
                at=request.at,
                by=request.member.key,
            )
        )

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.put(f"{IN_WORKSPACE}/pins", auth=sends, response=dict[str, Any])
def put_pins(
    request: KeyRequest, workspace: str, body: RowsBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """Declare all pins; a changed rule is a new version, and takes nothing back."""

    def write() -> dict[str, Any]:
        return declared_document(
            declare_pins(
                workspace_id=request.workspace.id,
                rows=body.rows,
                at=request.at,
                by=request.member.key,
            )
        )

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.get(f"{LEARNER}/today", auth=reads, response=dict[str, Any])
def read_today(request: KeyRequest, workspace: str, learner: Line) -> Any:
    """Read what is recommended to a learner today; reading it notes that it was shown."""
    found = learner_named(request.workspace, learner)
    return today_document(offer_today(found, at=request.at))


@router.get(f"{LEARNER}/week", auth=reads, response=dict[str, Any])
def read_week(request: KeyRequest, workspace: str, learner: Line, start: Day | None = None) -> Any:
    """Read the mission of a learner's week; without a date, of this one."""
    found = learner_named(request.workspace, learner)
    return week_document(week_of_learner(found, at=request.at, start=start))


@router.get(f"{LEARNER}/pins", auth=reads, response=dict[str, Any])
def read_pins(request: KeyRequest, workspace: str, learner: Line) -> Any:
    """Read which pins a learner has, and which can still be earned."""
    found = learner_named(request.workspace, learner)
    return pins_document(pins_of(found, at=request.at))


@router.post(f"{LEARNER}/link", auth=sends, response={200: dict[str, Any]})
def make_link(
    request: KeyRequest,
    workspace: str,
    learner: Line,
    body: LearnerLinkBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Make an address of a learner's page, for the product to open in a frame or a web view."""
    found = learner_named(request.workspace, learner)
    return answer_once(
        request,
        lambda: link_document(learner_link(found, at=request.at, minutes=body.minutes)),
        key=idempotency_key,
        caller=request.member.key,
        at=request.at,
    )


@router.put(f"{IN_WORKSPACE}/missions/page", auth=sends, response=dict[str, Any])
def put_learner_page(
    request: KeyRequest,
    workspace: str,
    body: LearnerPageBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Set how the page for learners is shown, and which origins may frame it."""

    def write() -> dict[str, Any]:
        return asdict(
            set_learner_page(
                workspace_id=request.workspace.id,
                **body.dict(),
                at=request.at,
                by=request.member.key,
            )
        )

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.get(f"{IN_WORKSPACE}/missions/summary", auth=reads, response=dict[str, Any])
def read_summary(
    request: KeyRequest,
    workspace: str,
    weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS)] = WEEKS,
) -> Any:
    """Read active weeks, missions met, pins given and recommendations taken of all learners."""
    return summary_shown(request.workspace, at=request.at, weeks=weeks)
