"""Store sampling plans, and draw the sample of each week that is over."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.inquiries.rules.replay import replay
from shinrai.ledger.queries import cases_between, standing_of
from shinrai.postgres.locks import lock_in_transaction
from shinrai.quality.models import AnswerSample, SampledAnswer, SamplePlan
from shinrai.quality.rules.drawing import Candidate, drawn, monday_of
from shinrai.quality.rules.messages import carries
from shinrai.topics.rules.labels import PERSON
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LARGEST = 500
WEEK = timedelta(days=7)
WEEKS_BACK = 8  # a worker that slept draws what it missed, but no further back


class BadSampleSize(UserError, ValueError):
    """The size of the sample is out of range."""


@dataclass(frozen=True)
class DrawnSample:
    """How many answers were drawn of a week in one mode, and from how many."""

    week: date
    mode: str
    drawn: int
    candidates: int


def plan_samples(*, workspace_id: int, size: int, at: datetime, by: str) -> None:
    """Plan how many answers per week and mode are drawn, of weeks that begin after now; 0: none.

    The random seed is stored now, before any of these answers exists. Raises: BadSampleSize.
    """
    if not 0 <= size <= LARGEST:
        raise BadSampleSize(
            Text(
                "{size} answers a week cannot be drawn; give 0 to {largest}, such as 10",
                size=size,
                largest=LARGEST,
            ),
        )
    SamplePlan.objects.create(
        workspace_id=workspace_id, size=size, seed=secrets.token_hex(32), at=at, by=by
    )


def draw_all_samples(*, at: datetime) -> list[DrawnSample]:
    """Draw the samples that are due, in every workspace; return them."""
    return [it for there in workspaces() for it in draw_samples(workspace=there, at=at)]


def draw_samples(*, workspace: WorkspaceRecord, at: datetime) -> list[DrawnSample]:
    """Draw the samples of the last eight weeks that are over, planned, and not drawn yet."""
    this = monday_of(at.astimezone(zone_named(workspace.zone)).date())
    weeks = [this - WEEK * back for back in range(WEEKS_BACK, 0, -1)]
    plans = list(SamplePlan.objects.filter(workspace_id=workspace.id).order_by("id"))
    made: list[DrawnSample] = []
    for week in weeks:
        begins = midnight(workspace.zone, week)
        plan = next((plan for plan in reversed(plans) if plan.at < begins), None)
        if plan is not None and plan.size:
            made += _draw_week(workspace, plan, week, at)
    return made


def _draw_week(
    workspace: WorkspaceRecord, plan: SamplePlan, week: date, at: datetime
) -> list[DrawnSample]:
    with transaction.atomic():
        lock_in_transaction(f"sample:{workspace.id}")
        if AnswerSample.objects.filter(workspace_id=workspace.id, week_on=week).exists():
            return []
        found = _candidates(workspace, week)
        of = Counter(candidate.mode for candidate in found)
        made = []
        for mode, answers in drawn(found, seed=plan.seed, week=week, size=plan.size).items():
            sample = AnswerSample.objects.create(
                workspace_id=workspace.id,
                plan=plan,
                week_on=week,
                mode=mode,
                candidates=of[mode],
                at=at,
            )
            SampledAnswer.objects.bulk_create(
                SampledAnswer(
                    sample=sample,
                    case_id=answer.case_id,
                    step=answer.step,
                    answered_at=answer.answered_at,
                    by=answer.by,
                    place=place,
                )
                for place, answer in enumerate(answers)
            )
            made.append(DrawnSample(week, mode, len(answers), of[mode]))
    return made


def _candidates(workspace: WorkspaceRecord, week: date) -> list[Candidate]:
    """List the week's answers: messages of substance that a person sent, whose text is stored."""
    since, until = midnight(workspace.zone, week), midnight(workspace.zone, week + WEEK)
    ids = cases_between(
        workspace_id=workspace.id, record="inquiry", kind="outbound", since=since, until=until
    )
    found = standing_of(ids, workspace_id=workspace.id)
    return [
        Candidate(case_id, step.sequence, replay(steps).mode, step.by, step.at)
        for case_id, steps in found.items()
        for step in steps
        if step.kind == "outbound"
        and since <= step.at < until
        and step.words_id is not None
        and PERSON.fullmatch(step.by)
        and carries(step)
    ]
