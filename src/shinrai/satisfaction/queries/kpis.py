"""Scores and the response share of one survey by date, as `warehouse.kpis` hands them on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from shinrai.calendars.rules.time_zone import midnight
from shinrai.satisfaction.measures import CSAT, NPS, RESPONSE
from shinrai.satisfaction.models import Asking, SurveyAnswer
from shinrai.satisfaction.queries.surveys import standing_answers
from shinrai.satisfaction.rules.score import DETRACTOR, PROMOTER, SATISFIED
from shinrai.units.text import Text
from shinrai.usage.queries.actors import actors_merged
from shinrai.warehouse.kpis import PERSON, Kpi, KpiQuestion, KpiRow
from shinrai.warehouse.store import Warehouse

ANSWERS: Final = Text("{a_week:.0f} answers a week")
ASKED: Final = Text("{a_week:.0f} persons asked a week")
SURVEY: Final = {"survey": Text("Survey")}
TO_ANSWER: Final = timedelta(days=14)  # who answers later counts as silent, so days compare
UNKNOWN_ASKED: Final = ("import", "link")  # nobody recorded who saw it and kept silent
Part = tuple[date, int, float]  # of one answer or asking: its date, person, and value


def score_by_date(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return what each date of answering adds to CSAT or NPS of a survey, in its last wording.

    Unit: of NPS 100 for a promoter and -100 for a detractor, so their mean is the NPS.
    """
    zone = ZoneInfo(asked.zone)
    answers = _answers(key, asked)
    parts = (
        (at.astimezone(zone).date(), person, _value(key, score))
        for person, score, at in answers.values_list("person_id", "score", "answered_at")
    )
    return _rows(asked, parts, has_squares=key == NPS.key)


def response_by_date(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return, at the date of asking, who was asked and who answered within 14 days.

    A date counts once its 14 days are over.
    """
    zone = ZoneInfo(asked.zone)
    since, until = _ends(asked)
    every = (
        standing_answers(Asking.objects.all())
        .filter(
            wave__workspace_id=asked.workspace_id,
            wave__survey__key=asked.only.get("survey"),
            asked_at__gte=since,
            asked_at__lt=until,
            asked_at__lte=asked.at - TO_ANSWER,
        )
        .exclude(wave__channel__in=UNKNOWN_ASKED)
    )
    last = every.order_by("-asked_at").values_list("wave__survey__wording", flat=True).first()
    askings = every.filter(wave__survey__wording=last)
    answered = askings.filter(
        wave__answers__person_id=F("person_id"),
        wave__answers__answered_at__lt=F("asked_at") + TO_ANSWER,
    )
    known = set(answered.values_list("id", flat=True))
    parts = (
        (at.astimezone(zone).date(), person, float(number in known))
        for number, person, at in askings.values_list("id", "person_id", "asked_at")
        if at is not None
    )
    return _rows(asked, parts, has_squares=False)


KPIS: Final = (
    Kpi(CSAT, Text("CSAT of a survey"), "share", SURVEY, score_by_date, ANSWERS),
    Kpi(NPS, Text("NPS of a survey"), "mean", SURVEY, score_by_date, ANSWERS),
    Kpi(RESPONSE, Text("response share of a survey"), "share", SURVEY, response_by_date, ASKED),
)


def _answers(key: str, asked: KpiQuestion) -> QuerySet[SurveyAnswer]:
    """Return the scored answers of a survey in the wording of its last answer: others are apart."""
    since, until = _ends(asked)
    every = standing_answers(SurveyAnswer.objects.all()).filter(
        workspace_id=asked.workspace_id,
        wave__survey__key=asked.only.get("survey"),
        wave__survey__document__kind=key,
        score__isnull=False,
        answered_at__lt=until,
        answered_at__lte=asked.at,
        arrived_at__lte=asked.at,
    )
    newest = every.order_by("-answered_at", "-id")
    last = newest.values_list("wave__survey__wording", flat=True).first()
    return every.filter(wave__survey__wording=last, answered_at__gte=since)


def _ends(asked: KpiQuestion) -> tuple[datetime, datetime]:
    until = asked.until + timedelta(days=1)
    return midnight(asked.zone, asked.since), midnight(asked.zone, until)


def _value(key: str, score: int | None) -> float:
    if score is None:
        return 0.0
    if key == CSAT.key:
        return float(score in SATISFIED)
    return 100.0 * ((score >= PROMOTER) - (score <= DETRACTOR))


def _rows(asked: KpiQuestion, parts: Iterable[Part], *, has_squares: bool) -> list[KpiRow]:
    merged = actors_merged(asked.workspace_id) if asked.by == PERSON else {}
    fixed = asked.only.get("survey", "") if asked.by else ""
    found: dict[tuple[date, str], list[float]] = defaultdict(list)
    for on, person, value in parts:
        group = str(merged.get(person, person)) if asked.by == PERSON else fixed
        found[on, group].append(value)
    return [
        KpiRow(on, group, len(values), sum(values),
               sum(one * one for one in values) if has_squares else None)
        for (on, group), values in sorted(found.items())
    ]  # fmt: skip
