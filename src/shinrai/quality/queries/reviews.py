"""The answers that wait for a person's review, without others' marks and without names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shinrai.accounts.queries import members
from shinrai.ledger.queries import standing_of
from shinrai.privacy.operations import read_masked
from shinrai.quality.models import AnswerSample, Review, SampledAnswer, SamplePlan
from shinrai.quality.rules.criteria import CRITERIA, REVIEWERS
from shinrai.quality.rules.drawing import without_names
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SAID = ("received", "inbound", "outbound")
MINE = 20  # of one's own reviews that can be looked at again


class UnknownAnswer(UserError, LookupError):
    """No such answer was drawn here, or this member may not review it."""


@dataclass(frozen=True)
class ReviewRecord:
    """The latest review of an answer by one person."""

    id: int
    answer_id: int
    reviewer: str
    at: datetime
    marks: dict[str, str]


@dataclass(frozen=True)
class Said:
    """One message by the customer or by us; `is_judged` marks the answer that is reviewed."""

    by_customer: bool
    words: str
    is_judged: bool


@dataclass(frozen=True)
class AnswerToReview:
    """A drawn answer as its reviewer reads it; `mine` are their own marks, if any."""

    id: int
    case_id: int
    said: tuple[Said, ...]
    is_erased: bool
    mine: dict[str, str]


@dataclass(frozen=True)
class ReviewList:
    """The answers that wait for a person, oldest first, and those they judged last."""

    waiting: tuple[int, ...]
    judged: tuple[int, ...]
    size: int


@dataclass(frozen=True)
class SampleRecord:
    """A week's sample of one mode: how many were drawn, and how many two people judged."""

    week: date
    mode: str
    candidates: int
    drawn: int
    reviewed: int


def standing_reviews(answer_ids: Iterable[int]) -> list[ReviewRecord]:
    """List the latest review of each person, for some answers."""
    rows = Review.objects.filter(answer_id__in=list(answer_ids)).order_by("id")
    last: dict[tuple[int, str], ReviewRecord] = {}
    for row in rows:
        last[row.answer_id, row.reviewer] = ReviewRecord(
            row.pk,
            row.answer_id,
            row.reviewer,
            row.at,
            {name: str(getattr(row, name)) for name in CRITERIA},
        )
    return list(last.values())


def reviews_of(*, workspace_id: int, member: str) -> ReviewList:
    """List the answers a person may judge: not their own, not judged by them or by two others."""
    drawn = list(
        SampledAnswer.objects.filter(sample__workspace_id=workspace_id)
        .order_by("sample__week_on", "place", "id")
        .values_list("id", "by")
    )
    reviewers: dict[int, set[str]] = defaultdict(set)
    judged: list[tuple[datetime, int]] = []
    for review in standing_reviews(answer for answer, _ in drawn):
        reviewers[review.answer_id].add(review.reviewer)
        if review.reviewer == member:
            judged.append((review.at, review.answer_id))
    plan = SamplePlan.objects.filter(workspace_id=workspace_id).order_by("-id").first()
    return ReviewList(
        waiting=tuple(
            answer
            for answer, by in drawn
            if by != member
            and member not in reviewers[answer]
            and len(reviewers[answer]) < REVIEWERS
        ),
        judged=tuple(answer for _, answer in sorted(judged, reverse=True)[:MINE]),
        size=plan.size if plan else 0,
    )


def answer_to_review(*, workspace_id: int, answer_id: int, member: str) -> AnswerToReview:
    """Return a drawn answer for one person: the messages up to it and itself, masked.

    The marks of others and the author are not included.
    Raises: UnknownAnswer, also if they wrote it or two others judged it.
    """
    answer = (
        SampledAnswer.objects.filter(pk=answer_id, sample__workspace_id=workspace_id)
        .exclude(by=member)
        .first()
    )
    reviews = standing_reviews([answer_id])
    mine = next((review.marks for review in reviews if review.reviewer == member), {})
    if answer is None or (not mine and len(reviews) >= REVIEWERS):
        raise UnknownAnswer(
            Text(
                "no answer {answer_id} waits for you; see what does under Reviews",
                answer_id=answer_id,
            ),
        )
    steps = standing_of([answer.case_id], workspace_id=workspace_id).get(answer.case_id, [])
    upto = next((n for n, step in enumerate(steps) if step.sequence == answer.step), None)
    shown = [] if upto is None else [s for s in steps[: upto + 1] if s.kind in SAID and s.words_id]
    words = read_masked(step.words_id for step in shown if step.words_id is not None)
    names = [member.display_name for member in members(workspace_id=workspace_id)]
    return AnswerToReview(
        id=answer_id,
        case_id=answer.case_id,
        said=tuple(
            Said(
                by_customer=step.kind != "outbound",
                words=without_names(words[step.words_id], names),
                is_judged=step.sequence == answer.step,
            )
            for step in shown
            if step.words_id is not None and step.words_id in words
        ),
        is_erased=not any(
            step.sequence == answer.step and step.words_id in words for step in shown
        ),
        mine=mine,
    )


def samples(*, workspace_id: int) -> tuple[SampleRecord, ...]:
    """List the samples of a workspace, newest first."""
    found = []
    rows = AnswerSample.objects.filter(workspace_id=workspace_id).order_by("-week_on", "mode")
    for row in rows:
        ids = list(row.answers.values_list("id", flat=True))
        reviewers: dict[int, int] = defaultdict(int)
        for review in standing_reviews(ids):
            reviewers[review.answer_id] += 1
        done = sum(count >= REVIEWERS for count in reviewers.values())
        found.append(SampleRecord(row.week_on, row.mode, row.candidates, len(ids), done))
    return tuple(found)
