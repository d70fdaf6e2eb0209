"""How satisfaction changed between two waves, or around a day on which something happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.time_zone import midnight
from shinrai.satisfaction.models import InterviewStep
from shinrai.satisfaction.queries.responses import Response, Series, WaveResponses, all_series
from shinrai.satisfaction.queries.summary import ends_document, score_document
from shinrai.satisfaction.queries.surveys import UnknownSurvey
from shinrai.satisfaction.rules.change import Difference, ScoreChange, change
from shinrai.statistics.interval import Interval
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.actors import actors_merged

USUAL_DAYS: Final = 90
VISITS: Final = "interviews:"  # then the key of a round


class BadChange(UserError, ValueError):
    """A change is asked for that cannot be computed."""


@dataclass(frozen=True)
class ChangeQuestion:
    """What to compare: the last two waves, two that are named, or the days around one.

    `around` is a date, the name of a declared event (a release), or `interviews:KEY`: each person
    of that round around the day on which they were met.
    """

    survey: str | None = None
    first: str | None = None
    last: str | None = None
    around: str | None = None
    days: int = USUAL_DAYS


@dataclass(frozen=True)
class SeriesChange:
    """The change of one series between two stretches, which `before` and `after` name."""

    series: Series
    before: str
    after: str
    change: ScoreChange | Unknown


def satisfaction_change(
    workspace: WorkspaceRecord, *, at: datetime, asked: ChangeQuestion
) -> list[SeriesChange]:
    """Return the change of each series; of a series with one wave it is unknown.

    Raises: UnknownSurvey, BadChange.
    """
    found = all_series(workspace, at=at, survey=asked.survey)
    if asked.survey and not found:
        raise UnknownSurvey(Text("nobody was asked {key!r} yet", key=asked.survey[:80]))
    if asked.around is not None:
        return _around(workspace, found, asked)
    if asked.first or asked.last:
        return [_named(found, asked)]
    return [series_change(one, found) for one in found]


def series_change(series: Series, every: Sequence[Series] = ()) -> SeriesChange:
    """Return the change between the last two waves of a series that are over and have answers."""
    filled = [one for one in series.waves if one.scores and one.is_over]
    if len(filled) >= 2:
        return _between(series, filled[-2], filled[-1])
    is_reworded = any(one.survey == series.survey and one is not series for one in every)
    why = (
        Unknown("the wording changed, which begins another series")
        if is_reworded
        else Unknown("there is one wave; a change needs two")
    )
    key = filled[-1].key if filled else ""
    return SeriesChange(series, "", key, why)


def _between(series: Series, before: WaveResponses, after: WaveResponses) -> SeriesChange:
    found = change(series.kind, before.by_person, after.by_person, high=series.high)
    return SeriesChange(series, before.key, after.key, found)


def _named(found: Sequence[Series], asked: ChangeQuestion) -> SeriesChange:
    places = {wave.key: (one, wave) for one in found for wave in one.waves}
    if not asked.first or not asked.last:
        raise BadChange(Text("name two waves: the one before and the one after"))
    for key in (asked.first, asked.last):
        if key not in places:
            raise UnknownSurvey(
                Text("there is no wave {key!r}; there are: {known}",
                     key=key[:80], known=sorted(places)[:30])
            )  # fmt: skip
    (series, before), (other, after) = places[asked.first], places[asked.last]
    if series is not other:
        raise BadChange(
            Text("{first} and {last} asked other words: that is no change one could measure",
                 first=asked.first, last=asked.last)
        )  # fmt: skip
    return _between(series, before, after)


def _around(
    workspace: WorkspaceRecord, found: Sequence[Series], asked: ChangeQuestion
) -> list[SeriesChange]:
    if not 1 <= asked.days <= 730:
        raise BadChange(Text("compare 1 to 730 days before and after"))
    if (asked.around or "").startswith(VISITS):
        return _around_visits(workspace, found, asked)
    first, last = _dates(workspace.id, asked.around or "")
    begins, ends = (midnight(workspace.zone, day) for day in (first, last + timedelta(days=1)))
    span = timedelta(days=asked.days)
    rows = []
    for one in found:
        sides = [
            _stretch(one, since, until)
            for since, until in ((begins - span, begins), (ends, ends + span))
        ]
        names = (f"{first - span} – {first - timedelta(days=1)}",
                 f"{last + timedelta(days=1)} – {last + span}")  # fmt: skip
        if all(side.scores for side in sides):
            told: ScoreChange | Unknown = change(
                one.kind, *(side.by_person for side in sides), high=one.high
            )
        else:
            told = Unknown("nobody answered before it, or nobody after it")
        rows.append(SeriesChange(one, *names, told))
    return rows


def _around_visits(
    workspace: WorkspaceRecord, found: Sequence[Series], asked: ChangeQuestion
) -> list[SeriesChange]:
    """Compare each person of a round of interviews around the day on which they were met.

    Their last answer before that day, and their first after it; others are those who answered on
    one side only.
    """
    key = (asked.around or "").removeprefix(VISITS)
    met = _met_on(workspace_id=workspace.id, round_key=key)
    if not met:
        raise BadChange(Text("nobody was met yet in the interviews {key!r}", key=key[:80]))
    span, rows = timedelta(days=asked.days), []
    for one in found:
        before: dict[int, int] = {}
        after: dict[int, int] = {}
        answers = (answer for wave in one.waves for answer in wave.responses)
        for answer in sorted(answers, key=lambda answer: answer.at):
            if answer.person not in met or answer.score is None:
                continue
            begins = midnight(workspace.zone, met[answer.person])
            ends = midnight(workspace.zone, met[answer.person] + timedelta(days=1))
            if begins - span <= answer.at < begins:
                before[answer.person] = answer.score
            elif ends <= answer.at < ends + span:
                after.setdefault(answer.person, answer.score)
        told: ScoreChange | Unknown = (
            change(one.kind, before, after, high=one.high)
            if before and after
            else Unknown("nobody answered before it, or nobody after it")
        )
        rows.append(SeriesChange(one, f"-{asked.days} d", f"+{asked.days} d", told))
    return rows


def _met_on(*, workspace_id: int, round_key: str) -> dict[int, date]:
    """Return on which day each person of a round was first met, by their number after merges."""
    roots = actors_merged(workspace_id)
    rows = InterviewStep.objects.filter(workspace_id=workspace_id, round=round_key, kind="held")
    found: dict[int, date] = {}
    for person, detail in rows.values_list("person_id", "detail"):
        on = date.fromisoformat(detail["on"])
        root = roots.get(person, person)
        found[root] = min(on, found.get(root, on))
    return found


def _stretch(series: Series, since: datetime, until: datetime) -> WaveResponses:
    inside: list[Response] = [
        answer for wave in series.waves for answer in wave.responses if since <= answer.at < until
    ]
    return WaveResponses("", "", since, until, inside)


def _dates(workspace_id: int, around: str) -> tuple[date, date]:
    try:
        on = date.fromisoformat(around)
    except ValueError:
        for event in declared_events(workspace_id=workspace_id):
            if event.name == around:
                return event.first_on, event.last_on
        raise BadChange(
            Text("{text!r} is neither a date such as 2026-06-03 nor the name of a declared event",
                 text=around[:80])
        ) from None  # fmt: skip
    return on, on


def change_document(found: Sequence[SeriesChange]) -> list[dict[str, Any]]:
    """Return the answer for programs: of the same persons, and of others, apart."""
    return [
        {
            "survey": one.series.survey,
            "kind": one.series.kind,
            "wording": one.series.wording,
            "before": one.before or None,
            "after": one.after or None,
            "unknown": one.change.reason if isinstance(one.change, Unknown) else None,
            "same": None if isinstance(one.change, Unknown) else _difference(one.change.same),
            "others": None if isinstance(one.change, Unknown) else _difference(one.change.others),
        }
        for one in found
    ]


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "n_before": one.before.n,
        "n_after": one.after.n,
        "before": score_document(one.before),
        "after": score_document(one.after),
        "difference": None if isinstance(one.value, Unknown) else one.value,
        **ends_document(one.interval if isinstance(one.interval, Interval) else None),
        "mcnemar_chi_square": one.chi_square if isinstance(one.chi_square, float) else None,
        "verdict": one.verdict,
    }
