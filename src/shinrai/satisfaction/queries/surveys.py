"""Surveys as they are declared, their waves, and how far persons are in one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet

from shinrai.postgres.bulk import one_of
from shinrai.satisfaction.models import (
    AnswerFile,
    Asking,
    InterviewStep,
    SurveyAnswer,
    SurveyVersion,
    Wave,
)
from shinrai.satisfaction.rules.survey import SurveyForm, read_survey
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Row = TypeVar("Row", bound=Model)


class UnknownSurvey(UserError, LookupError):
    """There is no such survey or wave."""


@dataclass(frozen=True)
class SurveyRecord:
    """A version of a survey."""

    id: int
    key: str
    number: int
    survey: SurveyForm
    wording: str
    declared_at: datetime
    by: str


@dataclass(frozen=True)
class WaveRecord:
    """A wave, with the version of the survey that it asks."""

    id: int
    workspace_id: int
    key: str
    survey: SurveyRecord
    channel: str
    opens_at: datetime
    closes_at: datetime | None
    settings: dict[str, Any]

    def is_open(self, at: datetime) -> bool:
        """Return whether the wave asks at a moment."""
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)


def surveys(*, workspace_id: int) -> list[SurveyRecord]:
    """Return the newest version of each survey, by key."""
    rows = SurveyVersion.objects.filter(workspace_id=workspace_id).order_by("key", "-number")
    return [_survey(row) for row in rows.distinct("key")]


def survey_named(*, workspace_id: int, key: str) -> SurveyRecord:
    """Return the newest version of a survey.

    Raises: UnknownSurvey.
    """
    rows = SurveyVersion.objects.filter(workspace_id=workspace_id, key=key).order_by("-number")
    row = rows.first()
    if row is None:
        known = [one.key for one in surveys(workspace_id=workspace_id)]
        raise UnknownSurvey(
            Text("there is no survey {key!r}; there are: {known}", key=key[:80], known=known)
        )
    return _survey(row)


def survey_with(*, workspace_id: int, key: str, wording: str) -> SurveyRecord | None:
    """Return the newest version of a survey with this wording; None if it never asked so."""
    rows = SurveyVersion.objects.filter(workspace_id=workspace_id, key=key, wording=wording)
    row = rows.order_by("-number").first()
    return None if row is None else _survey(row)


def waves(*, workspace_id: int, survey: str | None = None) -> list[WaveRecord]:
    """Return the waves of a workspace, or of one survey, from the first to the last."""
    rows = Wave.objects.filter(workspace_id=workspace_id).select_related("survey")
    if survey is not None:
        rows = rows.filter(survey__key=survey)
    return [_wave(row) for row in rows.order_by("opens_at", "id")]


def wave_numbered(number: int) -> WaveRecord:
    """Return a wave by its number.

    Raises: UnknownSurvey.
    """
    row = Wave.objects.filter(id=number).select_related("survey").first()
    if row is None:
        raise UnknownSurvey(Text("there is no wave {number}", number=number))
    return _wave(row)


def wave_named(*, workspace_id: int, key: str) -> WaveRecord | None:
    """Return a wave by its key; None if there is none."""
    rows = Wave.objects.filter(workspace_id=workspace_id, key=key).select_related("survey")
    row = rows.first()
    return None if row is None else _wave(row)


def state_in_wave(*, wave: int, person: int) -> str | None:
    """Return how far a person is in a wave; None if the wave never looked at them."""
    rows = standing_answers(Asking.objects.filter(wave_id=wave, person_id=person))
    return rows.values_list("state", flat=True).first()


def states_of_wave(*, wave: int) -> dict[str, int]:
    """Return how many persons are in each state of a wave."""
    rows = standing_answers(Asking.objects.filter(wave_id=wave))
    return Counter(rows.values_list("state", flat=True))


def persons_in(*, wave: int, states: Collection[str]) -> set[int]:
    """Return the persons in one of some states of a wave."""
    rows = Asking.objects.filter(wave_id=wave, state__in=states)
    return set(rows.values_list("person_id", flat=True))


def last_asked(*, workspace_id: int, persons: Iterable[int]) -> dict[int, list[datetime]]:
    """Return when persons were asked, over all surveys and interviews: for caps and cool-downs."""
    rows = Asking.objects.filter(
        one_of("person_id", persons), wave__workspace_id=workspace_id, asked_at__isnull=False
    )
    found: dict[int, list[datetime]] = {}
    for person, asked_at in rows.order_by("-asked_at").values_list("person_id", "asked_at"):
        if asked_at is not None:
            found.setdefault(person, []).append(asked_at)
    invited = InterviewStep.objects.filter(
        one_of("person_id", persons), workspace_id=workspace_id, kind="invited"
    )
    for person, at in invited.values_list("person_id", "at"):
        found.setdefault(person, []).append(at)
    return found


def has_answers(*, workspace_id: int) -> bool:
    """Return whether anybody answered anything."""
    return standing_answers(SurveyAnswer.objects.filter(workspace_id=workspace_id)).exists()


@dataclass(frozen=True)
class AnswerFileRecord:
    """A file of answers; `withdrawn_at` None: its answers count."""

    number: int
    name: str
    survey: str
    rows: int
    answers: int
    imported_at: datetime
    by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    reason: str

    @property
    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "file": self.number,
            "name": self.name,
            "survey": self.survey,
            "rows": self.rows,
            "answers": self.answers,
            "imported_at": self.imported_at.isoformat(),
            "by": self.by,
            "withdrawn_at": self.withdrawn_at and self.withdrawn_at.isoformat(),
            "withdrawn_by": self.withdrawn_by,
            "reason": self.reason,
        }


def answer_files(*, workspace_id: int) -> list[AnswerFileRecord]:
    """Return the files of answers of a workspace, the newest first."""
    rows = AnswerFile.objects.filter(workspace_id=workspace_id).select_related("withdrawal")
    found = []
    for row in rows.annotate(count=Count("answers")).order_by("-id"):
        gone = getattr(row, "withdrawal", None)
        found.append(
            AnswerFileRecord(
                row.pk, row.name, row.survey, row.rows, row.count, row.imported_at, row.by,
                gone.at if gone else None, gone.by if gone else "", gone.reason if gone else "",
            )
        )  # fmt: skip
    return found


def standing_answers(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return answers or askings without those of withdrawn files."""
    return rows.filter(file__withdrawal__isnull=True)


def withdrawn_counts(*, workspace_id: int) -> Mapping[tuple[str, str], int]:
    """Count the answers that no longer count, by survey and wording."""
    rows = SurveyAnswer.objects.filter(
        workspace_id=workspace_id, file__withdrawal__isnull=False
    ).values_list("wave__survey__key", "wave__survey__wording")
    return Counter(rows)


def _survey(row: SurveyVersion) -> SurveyRecord:
    return SurveyRecord(
        row.pk,
        row.key,
        row.number,
        read_survey(row.document),
        row.wording,
        row.declared_at,
        row.by,
    )


def _wave(row: Wave) -> WaveRecord:
    return WaveRecord(
        row.pk,
        row.workspace_id,
        row.key,
        _survey(row.survey),
        row.channel,
        row.opens_at,
        row.closes_at,
        row.settings,
    )
