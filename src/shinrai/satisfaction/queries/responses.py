"""What persons answered, wave by wave, in series of one wording; the scores of desks among them.

Scores that desks report are steps of the ledger: they are read from it, and kept nowhere else.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import midnight
from shinrai.ledger.queries import case_heads, cases_between, steps_of
from shinrai.ledger.rules.steps import standing
from shinrai.revenue.rules.continuation import score_of
from shinrai.revenue.rules.rows import months_before
from shinrai.satisfaction.models import Asking, SurveyAnswer
from shinrai.satisfaction.queries.surveys import (
    WaveRecord,
    standing_answers,
    waves,
    withdrawn_counts,
)
from shinrai.satisfaction.rules.score import Score, score
from shinrai.usage.queries.actors import actors_merged

DESK: Final = "desk"  # the series of what desks report
DESK_WORDING: Final = "desk-rated-1"  # each desk asks in its own words, which we do not know
DESK_MONTHS: Final = 13
ASKED: Final = ("asked", "declined", "answered")


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; `person` is who it is after merges, None where a desk names nobody."""

    person: int | None
    score: int | None
    has_comment: bool
    at: datetime


@dataclass(frozen=True)
class WaveResponses:
    """A wave with its answers, and the persons in each state of it.

    `asks`: whether it is known who was asked; a file may hold the answers alone.
    """

    key: str
    channel: str
    opens_at: datetime
    closes_at: datetime | None
    responses: Sequence[Response]
    states: Mapping[str, frozenset[int]] = field(default_factory=dict)
    number: int | None = None
    asked: int | None = None
    capped: int = 0
    sampled_out: int = 0
    eligible: int = 0
    is_over: bool = True

    @property
    def scores(self) -> list[int]:
        """Return the scores that were given."""
        return [one.score for one in self.responses if one.score is not None]

    @property
    def by_person(self) -> dict[int, int]:
        """Return the first score of each person."""
        found: dict[int, int] = {}
        for one in sorted(self.responses, key=lambda one: one.at):
            if one.person is not None and one.score is not None:
                found.setdefault(one.person, one.score)
        return found


@dataclass(frozen=True)
class Series:
    """Waves of one survey in one wording, from the first to the last."""

    survey: str
    kind: str
    version: int
    wording: str
    question: Mapping[str, str]
    high: int
    waves: tuple[WaveResponses, ...]
    withdrawn: int = 0  # answers of withdrawn files, which no longer count

    def score(self, given: Sequence[int]) -> Score:
        """Return the score of some answers of this series."""
        return score(self.kind, given, high=self.high)

    @property
    def newest(self) -> WaveResponses:
        """Return the newest wave that is over and has an answer; else one that has, or any."""
        filled = [one for one in self.waves if one.responses]
        return ([one for one in filled if one.is_over] or filled or list(self.waves))[-1]


def all_series(
    workspace: WorkspaceRecord, *, at: datetime, survey: str | None = None
) -> list[Series]:
    """Return all series with what was answered by a moment, the newest answer first."""
    found = []
    if survey != DESK:
        found = _of_surveys(workspace.id, at, survey)
    if survey in (None, DESK):
        found += _of_desks(workspace, at)
    return sorted(found, key=_place, reverse=True)


def _place(one: Series) -> tuple[bool, datetime]:
    """Return what a series is sorted by: one of which all answers were withdrawn is the last."""
    return not one.withdrawn or bool(one.newest.responses), one.newest.opens_at


def _of_surveys(workspace_id: int, at: datetime, survey: str | None) -> list[Series]:
    merged = actors_merged(workspace_id)
    answers: dict[int, list[Response]] = defaultdict(list)
    every = SurveyAnswer.objects.filter(workspace_id=workspace_id, answered_at__lte=at)
    rows = standing_answers(every).order_by("id")
    names = ("wave_id", "person_id", "score", "words_id", "answered_at")
    for wave, person, given, words, answered_at in rows.values_list(*names):
        one = Response(merged.get(person, person), given, words is not None, answered_at)
        answers[wave].append(one)
    states: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    askings = Asking.objects.filter(wave__workspace_id=workspace_id, eligible_at__lte=at)
    withdrawn = withdrawn_counts(workspace_id=workspace_id)
    for wave, person, state in standing_answers(askings).values_list(
        "wave_id", "person_id", "state"
    ):
        states[wave][state].add(merged.get(person, person))
    groups: dict[tuple[str, str], list[WaveRecord]] = defaultdict(list)
    for wave in waves(workspace_id=workspace_id, survey=survey):
        if wave.opens_at <= at and wave.survey.survey.scored is not None:
            groups[wave.survey.key, wave.survey.wording].append(wave)
    return [
        replace(
            _series(some, {one.id: (answers[one.id], states[one.id]) for one in some}, at),
            withdrawn=withdrawn.get(place, 0),
        )
        for place, some in groups.items()
    ]


def _series(
    some: Sequence[WaveRecord],
    found: Mapping[int, tuple[list[Response], Mapping[str, set[int]]]],
    at: datetime,
) -> Series:
    asked = some[-1].survey
    scored = asked.survey.scored
    if scored is None:
        raise ValueError(f"{asked.key} has no score")
    return Series(
        asked.key,
        asked.survey.kind,
        asked.number,
        asked.wording,
        scored.words,
        scored.high,
        tuple(replace(_wave(one, *found[one.id]), is_over=not one.is_open(at)) for one in some),
    )


def _wave(
    wave: WaveRecord, responses: Sequence[Response], states: Mapping[str, set[int]]
) -> WaveResponses:
    counts = Counter({state: len(persons) for state, persons in states.items()})
    asked = sum(counts[state] for state in ASKED)
    is_partial = wave.channel == "import" and asked == counts["answered"]  # answers alone
    return WaveResponses(
        key=wave.key,
        channel=wave.channel,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        responses=responses,
        states={state: frozenset(persons) for state, persons in states.items()},
        number=wave.id,
        asked=None if is_partial else asked,
        capped=counts["capped"],
        sampled_out=counts["sampled_out"],
        eligible=counts.total(),
    )


def _of_desks(workspace: WorkspaceRecord, at: datetime) -> list[Series]:
    """Return the scores that desks report, by the month in which their inquiry was first solved."""
    zone = ZoneInfo(workspace.zone)
    this = at.astimezone(zone).date().replace(day=1)
    first = months_before(this, DESK_MONTHS - 1)
    since = midnight(workspace.zone, first)
    there = {"workspace_id": workspace.id, "record": "inquiry", "since": since, "until": at}
    if not cases_between(**there, kind="rated"):  # type: ignore[arg-type]
        return []
    solved = cases_between(**there, kind="solved")  # type: ignore[arg-type]
    steps = steps_of(
        solved, workspace_id=workspace.id, kinds=("solved", "rated", "corrected", "reopened")
    )
    by_month: dict[str, list[Response]] = defaultdict(list)
    eligible: Counter[str] = Counter()
    rated = {}
    for case, some in steps.items():
        stands = standing(some, until=at)
        ended = next((step.at for step in stands if step.kind == "solved"), None)
        if ended is None or ended < since:
            continue
        month = f"{ended.astimezone(zone):%Y-%m}"
        eligible[month] += 1
        given = [step for step in stands if step.kind == "rated"]
        value = score_of(given[-1].detail) if given else None
        if value is not None:
            rated[case] = (month, value, given[-1].at)
    heads = case_heads(rated)
    for case, (month, value, answered_at) in rated.items():
        person = heads[case].customer_id
        by_month[month].append(Response(person, value, False, answered_at))
    months = [months_before(this, back) for back in reversed(range(DESK_MONTHS))]
    found = [
        WaveResponses(
            key=f"{DESK}-{month:%Y-%m}",
            channel=DESK,
            opens_at=midnight(workspace.zone, month),
            closes_at=midnight(workspace.zone, months_before(month, -1)),
            responses=by_month[f"{month:%Y-%m}"],
            asked=eligible[f"{month:%Y-%m}"],
            eligible=eligible[f"{month:%Y-%m}"],
            is_over=month != this,
        )
        for month in months
        if eligible[f"{month:%Y-%m}"]
    ]
    return [Series(DESK, "csat", 1, DESK_WORDING, {}, 5, tuple(found))] if found else []
