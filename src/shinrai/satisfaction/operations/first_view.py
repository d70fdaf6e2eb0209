"""Prepare the first view of satisfaction, in both languages, so that a page need not compute it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.satisfaction.models import (
    AnswerFileWithdrawal,
    Asking,
    PreparedSatisfaction,
    SurveyAnswer,
    Wave,
)
from shinrai.satisfaction.queries.change import series_change
from shinrai.satisfaction.queries.sentences import KIND_NAMES, value_words
from shinrai.satisfaction.queries.summary import SeriesSummary, WaveSummary, satisfaction_summary
from shinrai.satisfaction.rules.score import Score
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse

LANGUAGES: Final = ("en", "ja")
FRESH: Final = timedelta(minutes=10)  # the scores of desks come without a word to us
LATE: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class WaveRow:
    """A wave as the list shows it; values are in the unit of their score, or None."""

    survey: str
    kind: str
    wave: str
    on: str
    channel: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    asked: int | None
    answered: int
    eligible: int
    with_comment: float | None
    without_comment: float | None
    words: str
    version: int = 0  # of the wording


def prepare_satisfaction(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> bool:
    """Prepare the first view, unless the stored one is current; return whether it was."""
    if prepared_satisfaction(workspace=workspace, at=at, age=FRESH) is not None:
        return False
    ground = _rests_on(workspace)
    parts = view_parts(workspace, at=at, warehouse=warehouse)
    PreparedSatisfaction.objects.update_or_create(
        workspace_id=workspace.id,
        defaults={"prepared_at": at, "rests_on": ground, "parts": parts},
    )
    return True


def prepared_satisfaction(
    *, workspace: WorkspaceRecord, at: datetime, age: timedelta = LATE
) -> dict[str, Any] | None:
    """Return the prepared first view; None if there is none that is current."""
    row = PreparedSatisfaction.objects.filter(workspace_id=workspace.id).first()
    if row is None or row.rests_on != _rests_on(workspace):
        return None
    if not timedelta() <= at - row.prepared_at <= age:
        return None
    return {**row.parts, "counted_at": row.prepared_at}


def view_parts(workspace: WorkspaceRecord, *, at: datetime, warehouse: Warehouse) -> dict[str, Any]:
    """Return the page by language, as HTML of our own templates, and the rows of its list."""
    found = satisfaction_summary(workspace, at=at, warehouse=warehouse)
    every = [one.series for one in found]
    first = sorted(found, key=lambda one: not one.total.answered)  # what was answered stands first
    shown = [{"one": one, "change": series_change(one.series, every)} for one in first]
    parts: dict[str, Any] = {}
    for language in LANGUAGES:
        with translation.override(language):
            context = {"shown": shown, "workspace": workspace}
            parts[language] = render_to_string("satisfaction/_series.html", context)
    parts["rows"] = [asdict(_row(one, wave, workspace.zone)) for one in found for wave in one.waves]
    return parts


def _row(one: SeriesSummary, wave: WaveSummary, zone: str) -> WaveRow:
    score = wave.score
    ends = None if isinstance(score.interval, Unknown) else score.interval
    value = _value(score)
    parts = [value_words(score.kind, part) for part in (ends.low, ends.high)] if ends else []
    words = "" if value is None else value_words(score.kind, value)
    if parts:
        words += f" ({parts[0]} – {parts[1]})"
    return WaveRow(
        survey=one.series.survey,
        kind=KIND_NAMES[one.series.kind],
        wave=wave.wave.key,
        on=wave.wave.opens_at.astimezone(ZoneInfo(zone)).date().isoformat(),
        channel=wave.wave.channel,
        value=value,
        low=ends.low if ends else None,
        high=ends.high if ends else None,
        n=score.n,
        asked=wave.wave.asked,
        answered=wave.answered,
        eligible=wave.wave.eligible,
        with_comment=_value(wave.with_comment),
        without_comment=_value(wave.without_comment),
        words=words,
        version=one.series.version,
    )


def _value(score: Score) -> float | None:
    return None if isinstance(score.value, Unknown) else score.value


def _rests_on(workspace: WorkspaceRecord) -> dict[str, Any]:
    """Return what the first view depends on beside the desks' scores and usage."""
    there = {"workspace_id": workspace.id}
    of_wave = Asking.objects.filter(wave__workspace_id=workspace.id)
    return {
        "answer": SurveyAnswer.objects.filter(**there).aggregate(last=Max("id"))["last"],
        "asking": of_wave.aggregate(last=Max("id"))["last"],
        "withdrawal": AnswerFileWithdrawal.objects.filter(file__workspace_id=workspace.id).count(),
        "wave": Wave.objects.filter(**there).aggregate(last=Max("id"))["last"],
        "zone": workspace.zone,
        "program": version("shinrai"),
    }
