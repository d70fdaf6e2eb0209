"""The evidence of a digest: what rose, what has been heavy, what it costs to wait, and quotes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import midnight
from shinrai.objectives.queries.periods import objective_period
from shinrai.objectives.queries.standings import objective_names
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.reports.rules.digest import (
    A_MONTH,
    BEFORE,
    CHRONIC_DAYS,
    FEW_LABELLED,
    LABELLED,
    LATELY,
    MOST,
    NO_MISSES,
    ChronicTopic,
    DigestRequest,
    NewItem,
    a_month,
    before_and_after,
    heaviest,
    suggestions,
)
from shinrai.satisfaction.queries.quotes import QuoteQuestion, quotes
from shinrai.topics.queries import codebook
from shinrai.trends.queries.document import trends_document
from shinrai.trends.queries.report import Trends
from shinrai.trends.rules.arrived import customers_by
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from shinrai.workload.queries.summary import work_summary
from shinrai.workload.rules.jobs import NO_MINUTES

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
MOST_LOOKED_AT: Final = 20  # quotes of a topic among which one with words is looked for


class DigestEvidence:
    """What had arrived by the end of a period, and every answer of a digest about it.

    Topics are as they are labelled today; texts that came many times are set apart, as in trends.
    """

    def __init__(self, workspace: WorkspaceRecord, asked: DigestRequest, at: datetime) -> None:
        self.workspace, self.first, self.last = workspace, asked.first, asked.last
        self.at = min(at, midnight(workspace.zone, asked.last + DAY) - SECOND)
        self.warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        self.book = codebook(workspace_id=workspace.id)
        self.trends = Trends(workspace, self.at)
        self.report = trends_document(self.trends.report())
        self.since = self.last - (CHRONIC_DAYS - 1) * DAY

    def items(self) -> list[NewItem]:
        """Draft the items: rises, chronic topics, a proposal for each horizon, quotes."""
        rises = self._rises()
        chronic = [self._chronic(one) for one in self._heaviest()]
        pairs = suggestions([one.topic for one in rises], [one.topic for one in chronic])
        proposals = [
            NewItem("proposal", topic, self._evidence(topic, self.since, self.last), horizon)
            for horizon, topic in pairs
        ]
        topics = dict.fromkeys(one.topic for one in (*rises, *proposals, *chronic))
        return [*rises, *chronic, *proposals, *self._quotes(list(topics))]

    def fall(self, topic: str, since: date) -> dict[str, Any]:
        """Compare a topic's customers a week before and after a date."""
        found = self.trends.every.about("topic", topic)
        start = since.toordinal() + 1
        whole = (self.last.toordinal() + 1 - start) // 7
        if not whole or not len(found):
            return before_and_after({}).document
        weeks = customers_by(found, "topic", (found.on - start) // 7 + BEFORE, whole + BEFORE)
        place = found.keyed["topic"].names.index(topic)
        counts = weeks[place].astype(int).tolist()
        return before_and_after(
            {week - BEFORE: count for week, count in enumerate(counts)}
        ).document

    def _rises(self) -> list[NewItem]:
        """Return the rises of the period that most people had: who wrote, and who is silent."""
        within = [
            one
            for one in self.report["rises"]
            if one["last_on"] >= f"{self.first}" and one["first_on"] <= f"{self.last}"
        ]
        within.sort(
            key=lambda one: (-one["customers"] - (one["silent"].get("silent") or 0), one["topic"])
        )
        found: dict[str, NewItem] = {}
        for one in within:
            first, last = (date.fromisoformat(one[name]) for name in ("first_on", "last_on"))
            base = self._evidence(one["topic"], first, last)
            names = ("observed", "expected", "method", "on", "event", "silent")
            item = NewItem("rise", one["topic"], base | {name: one[name] for name in names})
            found.setdefault(one["topic"], item)
        return list(found.values())[:MOST]

    def _heaviest(self) -> list[ChronicTopic]:
        first = self.since.toordinal()
        recent = self.trends.every.between(first, self.last.toordinal())
        weeks = customers_by(recent, "topic", (recent.on - first) // 7, CHRONIC_DAYS // 7)
        all_in = customers_by(recent, "topic", np.zeros_like(recent.on), 1)[:, 0]
        names = recent.keyed["topic"].names
        spent = {name: minutes for name, (minutes, _spread, _cases) in self._minutes.items()}
        return heaviest(
            ChronicTopic(name, int(count), int((row > 0).sum()), spent.get(name))
            for name, count, row in zip(names, all_in, weeks, strict=True)
        )

    def _chronic(self, one: ChronicTopic) -> NewItem:
        base = self._evidence(one.topic, self.since, self.last)
        return NewItem("chronic", one.topic, base | {"weeks": one.weeks})

    def _evidence(self, topic: str, first: date, last: date) -> dict[str, Any]:
        """Return what every item says of its topic between two dates, and what waiting costs."""
        mine = self.trends.every.about("topic", topic).between(first.toordinal(), last.toordinal())
        _who, counts = np.unique(mine.customer, return_counts=True)
        shares = counts / max(counts.sum(), 1)
        recent = self.trends.every.between(first.toordinal(), last.toordinal())
        labelled = int((recent.keyed["topic"].code >= 0).sum())
        enough = bool(len(recent)) and labelled / len(recent) >= LABELLED
        ranked: dict[str, Any] = next(
            (one for one in self.report["ranked"]["topic"] if one["key"] == topic), {}
        )
        unseen = {"unknown": "no failure event is named for this topic"}
        return {
            "first_on": f"{first}",
            "last_on": f"{last}",
            "customers": len(counts),
            "inquiries": len(mine),
            "loudest": {"count": int(counts.max(initial=0)), "of": int(counts.sum())},
            "effective": round(float(1 / (shares**2).sum()), 1) if len(counts) else 0.0,
            "per_active_person": ranked.get("per_active_person"),
            "silent": ranked.get("silent") or unseen,
            "minutes": self._month_minutes(topic),
            "misses": self._missed(mine.case),
            "a_month": self._month_customers(topic),
            "grade": "measured" if enough else "none",
            "why": "" if enough else str(FEW_LABELLED),
            "labelled": {"count": labelled, "of": len(recent)},
        }

    def _month_customers(self, topic: str) -> dict[str, Any]:
        last = self.last.toordinal()
        mine = self.trends.every.about("topic", topic).between(last - LATELY + 1, last)
        return a_month(len(np.unique(mine.customer)), days=LATELY)

    def _month_minutes(self, topic: str) -> dict[str, Any]:
        """Return the minutes of work a month, by those written down in 13 weeks."""
        if topic not in self._minutes:
            return {"unknown": str(NO_MINUTES)}
        spent, spread, cases = self._minutes[topic]
        scale = A_MONTH / CHRONIC_DAYS
        return {
            "n": cases,
            "likely": round(spent * scale),
            "low": round(max(spent - spread, 0) * scale),
            "high": round((spent + spread) * scale),
            "method": "compound Poisson",
        }

    @cached_property
    def _minutes(self) -> dict[str, tuple[float, float, int]]:
        """Return minutes, half their interval, and cases, by topic.

        Half intervals are added: jobs of one case go together, so that it is never too narrow.
        """
        found: dict[str, tuple[float, float, int]] = {}
        work = work_summary(
            workspace=self.workspace,
            at=self.at,
            warehouse=self.warehouse,
            since=self.since,
            until=self.last,
        )
        for job in (job for mode in work.modes for job in mode.jobs if job.topic and job.spent_s):
            topic = self.book.counts_as(str(job.topic))
            spent, spread, cases = found.get(topic, (0.0, 0.0, 0))
            half = (job.high_s - job.spent_s) / 60
            found[topic] = (spent + job.spent_s / 60, spread + half, max(cases, job.cases))
        return found

    @cached_property
    def _late(self) -> np.ndarray | Unknown:
        """Return the cases that missed an objective whose due moment lay in the 13 weeks."""
        names = objective_names(workspace_id=self.workspace.id)
        if not names:
            return NO_MISSES
        zone = self.workspace.zone
        span = WindowSpan(midnight(zone, self.since), midnight(zone, self.last + DAY), True)
        late: set[int] = set()
        for name in names:
            found = objective_period(
                workspace_id=self.workspace.id,
                name=name,
                at=self.at,
                warehouse=self.warehouse,
                span=span,
                spans=(),
            )
            lines = found.within.lines
            late |= {one.case_id for one in lines if one.state in ("missed", "overdue")}
        return np.array(sorted(late), np.int64)

    def _missed(self, cases: np.ndarray) -> Any:
        if isinstance(self._late, Unknown):
            return {"unknown": str(self._late)}
        return int(np.isin(cases, self._late).sum())

    def _quotes(self, topics: Sequence[str]) -> list[NewItem]:
        """Return the newest comment of answers to surveys about each topic, without its words.

        Words are read when they are shown: masked, and no more once their author was erased.
        """
        start = midnight(self.workspace.zone, self.since)
        found = []
        for topic in topics:
            rows, _count = quotes(
                workspace_id=self.workspace.id,
                asked=QuoteQuestion(topic=topic),
                skip=0,
                most=MOST_LOOKED_AT,
            )
            one = next((row for row in rows if row.words and start <= row.at <= self.at), None)
            if one is not None:
                said = {"answer": one.id, "survey": one.survey, "score": one.score}
                found.append(NewItem("quote", topic, said))
        return found[:MOST]
