"""The answers of trends: alarms without floods, rises with evidence, and rankings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.trends.queries.affected import Affected
from shinrai.trends.queries.arrived import BY, arrived_by, happenings, opening_texts
from shinrai.trends.rules.arrived import Arrived, floods
from shinrai.trends.rules.new_words import NewWord, new_words
from shinrai.trends.rules.ranking import NO_USAGE, Ranked, Silent, ranked
from shinrai.trends.rules.rises import (
    USUAL,
    Happening,
    Method,
    RiseAlarm,
    TopicRise,
    alarms,
    event_behind,
    false_alarms_a_year,
    rises,
)
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.store import Warehouse

RECENT: Final = 28  # days: older rises are listed by the command alone
MOST_READ: Final = 20_000  # cases of alarms whose texts are compared, the newest first
MOST_WORDS: Final = 2_000  # cases whose words are compared, of each span
YEAR: Final = 365
WITH_WORDS: Final = 10  # rises, and topics with most customers, of which words are read
AFTER: Final = 2  # days in which those affected may still write


@dataclass(frozen=True)
class RiseReport:
    """A rise with its evidence; `event` began `days_after` days before it."""

    rise: TopicRise
    customers: int
    inquiries: int
    event: Happening | None
    days_after: int
    silent: Silent | Unknown
    words: Sequence[NewWord]


@dataclass(frozen=True)
class TrendsReport:
    """What rose lately, and what is asked most, up to a moment.

    `flooded`: inquiries set apart by day of alarm, as equal texts; they are in no other figure.
    """

    at: datetime
    on: date
    rises: Sequence[RiseReport]
    ranked: Mapping[str, Sequence[Ranked]]
    silent: Mapping[str, Silent | Unknown]
    words: Mapping[str, Sequence[NewWord]]
    flooded: Mapping[tuple[str, date], int]
    topics: int
    active: float | Unknown

    @property
    def false_alarms(self) -> float:
        """Return how many alarms a year are expected where nothing is the matter."""
        return false_alarms_a_year(self.topics)


class Trends:
    """What had arrived at a workspace by a moment, and every answer about it."""

    def __init__(self, workspace: WorkspaceRecord, at: datetime) -> None:
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        self.workspace, self.at = workspace, at
        self.scope = UsageScope(
            workspace.id, workspace.zone, at, warehouse, persons=actors_merged(workspace.id)
        )
        self.every = arrived_by(workspace, at=at, warehouse=warehouse)
        self.flooded: dict[tuple[str, date], int] = {}

    @cached_property
    def affected(self) -> Affected:
        return Affected(self.scope)

    def alarms(self, methods: Sequence[Method] = USUAL) -> list[RiseAlarm]:
        """Return the alarms of all days, after floods were set apart.

        Only texts of days that raise an alarm are compared: elsewhere a flood changes nothing. This
        is a simple rule of equal texts, until what is set apart is recorded with the case.
        """
        found = alarms(self.every, until=self.scope.today, methods=methods)
        apart = self._set_apart(found)
        if not apart:
            return found
        self.every = self.every.without(apart)
        return alarms(self.every, until=self.scope.today, methods=methods)

    def _set_apart(self, found: Sequence[RiseAlarm]) -> list[int]:
        topic = self.every.keyed["topic"]
        places = {name: code for code, name in enumerate(topic.names)}
        cells = {
            places[one.topic] * 10**7 + one.on.toordinal() + day
            for one in found
            for day in range(7 if one.method == "farrington" else 1)
        }
        import numpy as np

        where = topic.code * 10**7 + self.every.on
        some = self.every.of(np.isin(where, np.array(sorted(cells), np.int64)))
        newest = np.sort(some.case)[-MOST_READ:]
        texts = opening_texts(newest.tolist(), workspace_id=self.workspace.id, is_masked=False)
        apart = floods(some, texts)
        out = some.of(np.isin(some.case, np.array(apart, np.int64)))
        for code, on in zip(out.keyed["topic"].code.tolist(), out.on.tolist(), strict=True):
            key = (topic.names[code], date.fromordinal(on))
            self.flooded[key] = self.flooded.get(key, 0) + 1
        return apart

    def ranked(self, by: str, active: float | Unknown) -> list[Ranked]:
        """Rank topics, areas, releases or accounts by the customers of four weeks."""
        return ranked(self.every, by, last=self.scope.today.toordinal(), active=active)

    def active_persons(self) -> float | Unknown:
        """Return how many persons are active in a week."""
        try:
            return self.affected.active_persons(self.scope.today)
        except LookupError:
            return NO_USAGE

    def silent(self, topic: str, first: date, last: date) -> Silent | Unknown:
        """Return who was affected and never wrote."""
        return self.affected.silent(topic, self.every, first=first, last=last)

    def new_words(self, topic: str) -> list[NewWord]:
        """Return the words of a topic's last seven days that the year before did not have."""
        last = self.scope.today.toordinal()
        about = self.every.about("topic", topic)
        now = about.between(last - 6, last)
        before = about.between(last - 6 - YEAR, last - 7)
        return new_words(self._said(now), self._said(before))

    def _said(self, found: Arrived) -> dict[int, list[str]]:
        customers = dict(zip(found.case.tolist(), found.customer.tolist(), strict=True))
        newest = sorted(customers)[-MOST_WORDS:]
        said: dict[int, list[str]] = {}
        for case, text in opening_texts(newest, workspace_id=self.workspace.id).items():
            said.setdefault(customers[case], []).append(text)
        return said

    def report(self) -> TrendsReport:
        """Return the first view: rises of the last four weeks, rankings, silent ones, words."""
        today = self.scope.today
        found = [
            one for one in rises(self.alarms()) if one.last_on > today - timedelta(days=RECENT)
        ]
        events = happenings(self.workspace.id)
        active = self.active_persons()
        lists = {by: self.ranked(by, active) for by in BY}
        listed = [row.name for row in lists["topic"][:WITH_WORDS]]
        risen = [one.topic for one in found[:WITH_WORDS]]
        words = {topic: self.new_words(topic) for topic in dict.fromkeys((*risen, *listed))}
        first = today - timedelta(days=RECENT - 1)
        return TrendsReport(
            at=self.at,
            on=today,
            rises=[self._evidence(one, events, words.get(one.topic, ())) for one in found],
            ranked=lists,
            silent={
                row.name: self.silent(row.name, first, today)
                for row in lists["topic"]
                if row.name in self.affected.failures
            },
            words=words,
            flooded={key: n for key, n in self.flooded.items() if key[1] >= first},
            topics=len(self.every.keyed["topic"].names),
            active=active,
        )

    def _evidence(
        self, rise: TopicRise, events: Sequence[Happening], words: Sequence[NewWord]
    ) -> RiseReport:
        mine = self.every.about("topic", rise.topic)
        mine = mine.between(rise.first_on.toordinal(), rise.last_on.toordinal())
        behind = event_behind(rise, events)
        ends = min(rise.last_on + timedelta(days=AFTER), self.scope.today)
        silent = self.silent(rise.topic, rise.first_on, ends)
        empty = RiseReport(
            rise, len(set(mine.customer.tolist())), len(mine), None, 0, silent, words
        )
        if behind is None:
            return empty
        return replace(empty, event=behind[0], days_after=behind[1])


def alarm_rows(found: Sequence[RiseAlarm]) -> list[dict[str, Any]]:
    """Return alarms as programs read them."""
    return [
        {
            "topic": one.topic,
            "on": f"{one.on}",
            "method": one.method,
            "observed": one.observed,
            "expected": one.expected,
            "threshold": one.threshold,
        }
        for one in found
    ]
