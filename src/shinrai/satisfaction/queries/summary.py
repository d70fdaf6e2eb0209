"""What they say of us: scores, how many answered, and what those did who did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.satisfaction.queries.responses import DESK, Series, WaveResponses, all_series
from shinrai.satisfaction.queries.surveys import UnknownSurvey
from shinrai.satisfaction.rules.score import Score
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.activity import stickiness
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.warehouse.store import Warehouse

USAGE_DAYS: Final = 28
GROUPS: Final = ("answered", "silent", "not_asked")


@dataclass(frozen=True)
class GroupUsage:
    """What a group of persons did in the 28 days before the wave: how many were active, how often.

    `days` is the sum of their active days.
    """

    group: str
    active: Share
    days: int

    @property
    def mean_days(self) -> float:
        """Return the active days of a person of the group."""
        return self.days / self.active.of


@dataclass(frozen=True)
class WaveSummary:
    """What a wave said: its score, of those with a comment and those without, and who was asked."""

    wave: WaveResponses
    score: Score
    with_comment: Score
    without_comment: Score
    usage: Sequence[GroupUsage] | Unknown

    @property
    def answered(self) -> int:
        """Return how many answered something."""
        return len(self.wave.responses)

    @property
    def response(self) -> Share | Unknown:
        """Return the share of those asked who answered."""
        if self.wave.asked is None:
            return Unknown("the file holds answers alone; who was asked is not recorded")
        return Share(self.answered, max(self.answered, self.wave.asked))

    @property
    def silent(self) -> int | Unknown:
        """Return how many were asked and did not answer; whoever declined is among them."""
        share = self.response
        return share if isinstance(share, Unknown) else share.of - share.count

    @property
    def declined(self) -> int:
        """Return how many said that they will not answer."""
        return len(self.wave.states.get("declined", ()))


@dataclass(frozen=True)
class SeriesSummary:
    """A series, all of its answers, and its waves with the newest first."""

    series: Series
    total: WaveSummary
    waves: tuple[WaveSummary, ...]

    @property
    def newest(self) -> WaveSummary:
        """Return the newest wave that is over and has an answer."""
        return next(one for one in self.waves if one.wave is self.series.newest)


def satisfaction_summary(
    workspace: WorkspaceRecord,
    *,
    at: datetime,
    warehouse: Warehouse,
    survey: str | None = None,
    wave: str | None = None,
) -> list[SeriesSummary]:
    """Return what each series said, with the usage of those asked in its newest wave.

    Raises: UnknownSurvey if a survey or wave is named that nobody was asked.
    """
    found = all_series(workspace, at=at, survey=survey)
    if wave is not None:
        found = [
            replace(one, waves=tuple(part for part in one.waves if part.key == wave))
            for one in found
        ]
        found = [one for one in found if one.waves]
    if (survey or wave) and not found:
        raise UnknownSurvey(
            Text("nobody was asked {key!r} yet; `shinrai satisfaction summary` names what there is",
                 key=str(wave or survey)[:80])
        )  # fmt: skip
    scope = UsageScope(
        workspace.id, workspace.zone, at, warehouse, persons=actors_merged(workspace.id)
    )
    return [_summary(one, scope) for one in found]


def _summary(series: Series, scope: UsageScope) -> SeriesSummary:
    waves = tuple(_wave(series, one) for one in reversed(series.waves))
    newest = series.newest
    waves = tuple(
        replace(one, usage=_usage(newest, scope)) if one.wave is newest else one for one in waves
    )
    known = all(one.asked is not None for one in series.waves)
    whole = WaveResponses(
        key=series.survey,
        channel=newest.channel,
        opens_at=series.waves[0].opens_at,
        closes_at=newest.closes_at,
        responses=[answer for one in series.waves for answer in one.responses],
        asked=sum(one.asked or 0 for one in series.waves) if known else None,
        capped=sum(one.capped for one in series.waves),
        sampled_out=sum(one.sampled_out for one in series.waves),
        eligible=sum(one.eligible for one in series.waves),
    )
    return SeriesSummary(series, _wave(series, whole), waves)


def _wave(series: Series, wave: WaveResponses) -> WaveSummary:
    parts: dict[bool, list[int]] = {True: [], False: []}
    for one in wave.responses:
        if one.score is not None:
            parts[one.has_comment].append(one.score)
    return WaveSummary(
        wave,
        series.score(wave.scores),
        series.score(parts[True]),
        series.score(parts[False]),
        Unknown("it is counted for the newest wave alone"),
    )


def _usage(wave: WaveResponses, scope: UsageScope) -> Sequence[GroupUsage] | Unknown:
    """Return what those did who answered, who kept silent, and who was not asked."""
    if wave.channel == DESK:
        return Unknown("whoever writes to the desk is not known to usage under the same name")
    states = wave.states
    none: frozenset[int] = frozenset()
    groups = {
        "answered": states.get("answered", none),
        "silent": states.get("asked", none) | states.get("declined", none),
        "not_asked": states.get("capped", none)
        | states.get("sampled_out", none)
        | states.get("eligible", none),
    }
    last = wave.opens_at.astimezone(ZoneInfo(scope.zone)).date() - timedelta(days=1)
    span = Span("day", last - timedelta(days=USAGE_DAYS - 1), last)
    found = []
    for name, persons in groups.items():
        if persons:
            days = stickiness(replace(scope, people=persons), span).people
            active = sum(days.values())
            sum_of_days = sum(count * people for count, people in days.items())
            found.append(GroupUsage(name, Share(active, len(persons)), sum_of_days))
    if not any(one.days for one in found):
        return Unknown("no usage of these persons is recorded")
    return found


def summary_document(found: Sequence[SeriesSummary]) -> list[dict[str, Any]]:
    """Return the answer for programs; what is not known is null, and its reason beside it."""
    return [
        {
            "survey": one.series.survey,
            "kind": one.series.kind,
            "version": one.series.version,
            "wording": one.series.wording,
            "question": dict(one.series.question),
            "withdrawn": one.series.withdrawn,
            "total": _wave_document(one.total),
            "waves": [_wave_document(wave) for wave in one.waves],
        }
        for one in found
    ]


def _wave_document(one: WaveSummary) -> dict[str, Any]:
    wave = one.wave
    usage: Any = None
    if not isinstance(one.usage, Unknown):
        usage = {
            group.group: {
                "persons": group.active.of,
                "active": group.active.count,
                "mean_active_days": group.mean_days,
                "days": USAGE_DAYS,
            }
            for group in one.usage
        }
    return {
        "wave": wave.key,
        "channel": wave.channel,
        "opens_at": wave.opens_at,
        "closes_at": wave.closes_at,
        "score": score_document(one.score),
        "with_comment": score_document(one.with_comment),
        "without_comment": score_document(one.without_comment),
        "answered": one.answered,
        "eligible": wave.eligible,
        "asked": wave.asked,
        "capped": wave.capped,
        "sampled_out": wave.sampled_out,
        "silent": None if isinstance(one.silent, Unknown) else one.silent,
        "declined": one.declined,
        "response": _share_document(one.response),
        "usage": usage,
        "usage_unknown": one.usage.reason if isinstance(one.usage, Unknown) else None,
    }


def score_document(one: Score) -> dict[str, Any]:
    """Return a score for programs: CSAT as a share, NPS in points, CES as a mean."""
    value = None if isinstance(one.value, Unknown) else one.value
    ends = one.interval if isinstance(one.interval, Interval) else None
    return {
        "kind": one.kind,
        "n": one.n,
        "value": value,
        **ends_document(ends),
        "standard_error": one.error,
        "parts": dict(one.parts),
        "unknown": one.interval.reason if isinstance(one.interval, Unknown) else None,
    }


def ends_document(ends: Interval | None) -> Mapping[str, Any]:
    """Return the ends of an interval, its level and method; null without one."""
    return {
        "low": ends and ends.low,
        "high": ends and ends.high,
        "level": ends and ends.level,
        "method": ends and ends.method,
    }


def _share_document(share: Share | Unknown) -> dict[str, Any]:
    if isinstance(share, Unknown):
        return {"count": None, "n": None, "unknown": share.reason}
    ends = wilson(share.count, share.of)
    known = ends if isinstance(ends, Interval) else None
    return {"count": share.count, "n": share.of, **ends_document(known), "unknown": None}
