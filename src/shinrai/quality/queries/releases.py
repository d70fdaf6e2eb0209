"""Inquiries by release and topic: by the version named, else by the release that was out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import EventRecord, declared_events
from shinrai.quality.queries.day_counts import NAME
from shinrai.quality.rules.facts import version_in
from shinrai.units.share import Share
from shinrai.warehouse.day_counts import DayNumbers, day_numbers
from shinrai.warehouse.fresh import Fresh

ALL: Final = "all"  # of an address: every topic
NONE: Final = "none"  # neither version nor a release before it; or no topic


@dataclass(frozen=True)
class ReleaseCount:
    """The inquiries of one release and topic, with their distinct known customers.

    `key` stands in addresses: a version, `event-N` of a declared release, or `NONE`. `topic` is
    `ALL`, `NONE` or a topic. `since` is the date the release was declared for, else of its first
    inquiry in these dates.
    """

    key: str
    name: str
    is_named: bool  # by the inquiry itself
    since: date
    topic: str
    inquiries: int
    customers: int


@dataclass(frozen=True)
class ReleaseReport:
    """The inquiries between two dates by release and topic; `at` None: not counted yet.

    `named` is the share of the mode's inquiries that name a version.
    """

    at: datetime | None
    rows: tuple[ReleaseCount, ...]
    named: Share
    modes: tuple[tuple[str, int], ...]
    mode: str
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]


def releases_between(
    *, workspace: WorkspaceRecord, since: date | None, until: date | None, mode: str = ""
) -> ReleaseReport:
    """Count the inquiries received between two dates, of the mode asked for, or the largest."""
    found = _numbers(workspace, since, until)
    if found is None:
        return ReleaseReport(None, (), Share(0, 0), (), "", {}, {})
    fill, numbers = found
    place = numbers.keys.index("mode") if len(numbers.key) else 0
    counts = Counter(numbers.combinations[key][place] for key in numbers.key.tolist())
    modes = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    mode = mode if mode in counts else (modes[0][0] if modes else "")
    releases = _releases(workspace)
    mine = _Grouped(numbers.where("mode", mode), releases)
    return ReleaseReport(
        at=fill.at,
        rows=tuple(mine.rows()),
        named=Share(mine.named, len(mine.numbers.key)),
        modes=modes,
        mode=mode,
        versions=dict(fill.versions),
        fresh=dict(fill.fresh),
    )


def release_cases(
    *,
    workspace: WorkspaceRecord,
    since: date | None,
    until: date | None,
    mode: str,
    release: str,
    topic: str,
) -> list[tuple[int, date]]:
    """Return the inquiries behind a count, each with the date it was received on, newest first.

    Release or topic `ALL`: of every one; an empty mode: of all.
    """
    found = _numbers(workspace, since, until)
    if found is None:
        return []
    numbers = found[1].where("mode", mode) if mode else found[1]
    mine = _Grouped(numbers, _releases(workspace))
    return mine.cases(release, topic)


def _numbers(workspace: WorkspaceRecord, since: date | None, until: date | None) -> Any:
    found = day_numbers(
        NAME, workspace_id=workspace.id, questions=("releases",), since=since, until=until
    )
    return None if found is None else (found[0], found[1]["releases"].between(since, until))


def _releases(workspace: WorkspaceRecord) -> list[EventRecord]:
    events = declared_events(workspace_id=workspace.id)
    return sorted((one for one in events if one.kind == "release"), key=lambda one: one.first_on)


class _Grouped:
    """Inquiries in their groups: each has a release, by its number in `keys`, and a topic."""

    def __init__(self, numbers: DayNumbers, releases: Sequence[EventRecord]) -> None:
        self.numbers, self.releases = numbers, releases
        self.keys = [NONE, *(f"event-{one.id}" for one in releases)]
        self.topics: list[str] = []
        version = [self._place(self.keys, one[1]) for one in numbers.combinations]
        topic = [self._place(self.topics, one[2] or NONE) for one in numbers.combinations]
        if not len(numbers.key):
            self.release = self.topic = np.empty(0, np.int64)
            self.named = 0
            return
        of_version = np.array(version, np.int64)[numbers.key]
        starts = np.array([one.first_on.toordinal() for one in releases], np.int64)
        out_then = np.searchsorted(starts, numbers.on, side="right")
        self.release = np.where(of_version >= 0, of_version, out_then)
        self.topic = np.array(topic, np.int64)[numbers.key]
        self.named = int((of_version >= 0).sum())

    @staticmethod
    def _place(known: list[str], value: str | None) -> int:
        if value is None:
            return -1
        if value not in known:
            known.append(value)
        return known.index(value)

    def rows(self) -> Iterable[ReleaseCount]:
        """Yield the counts of each release, the newest first: of all topics, then of each."""
        groups = []
        for release in np.unique(self.release).tolist():
            mine = self.release == release
            first = date.fromordinal(int(self.numbers.on[mine].min()))
            groups.append((self._since(release, first), release, mine))
        for since, release, mine in sorted(groups, key=lambda one: one[:2], reverse=True):
            yield self._row(release, ALL, since, mine)
            topics = Counter(self.topic[mine].tolist())
            for topic, _count in topics.most_common():
                both = mine & (self.topic == topic)
                yield self._row(release, self.topics[topic], since, both)

    def _row(self, release: int, topic: str, since: date, mine: Any) -> ReleaseCount:
        customers = np.unique(self.numbers["customer_id"][mine])
        event = self._event(release)
        return ReleaseCount(
            key=self.keys[release],
            name=event.name if event else self.keys[release],
            is_named=event is None and release != 0,
            since=since,
            topic=topic,
            inquiries=int(mine.sum()),
            customers=int((customers >= 0).sum()),
        )

    def _event(self, release: int) -> EventRecord | None:
        return self.releases[release - 1] if 0 < release <= len(self.releases) else None

    def _since(self, release: int, first: date) -> date:
        """Return when a release came out: as declared, also where its name holds the version."""
        event = self._event(release)
        key = self.keys[release]
        declared = (one.first_on for one in self.releases if version_in(one.name) == key)
        return event.first_on if event else next(declared, first)

    def cases(self, release: str, topic: str) -> list[tuple[int, date]]:
        """Return the inquiries of a release and topic with their dates, the newest first."""
        if release not in (ALL, *self.keys) or topic not in (ALL, *self.topics):
            return []
        mine = np.ones(len(self.release), np.bool_)
        if release != ALL:
            mine = self.release == self.keys.index(release)
        if topic != ALL:
            mine &= self.topic == self.topics.index(topic)
        ids, on = self.numbers["case_id"][mine].tolist(), self.numbers.on[mine].tolist()
        found = [(case_id, date.fromordinal(day)) for case_id, day in zip(ids, on, strict=True)]
        return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)
