"""Every figure of quality over a span of dates, as at any moment, counted anew from facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import ibis
import pyarrow as pa

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import midnight
from shinrai.ledger.queries import has_steps_after
from shinrai.quality.facts.answers import ANSWERS
from shinrai.quality.facts.ground import Ground, ground_of
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.accounts import (
    account_counts,
    accounts,
    longest_silent,
    top_accounts,
)
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.counts import (
    counted,
    plain_waiting_times,
    rules,
    waiting_times,
)
from shinrai.quality.measures.investigated import investigated
from shinrai.quality.measures.population import current, population
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.spread import flagged, handovers, runs, tail, tiers
from shinrai.quality.measures.topical import (
    double_labels,
    findings,
    of_topic,
    subjects,
    with_topics,
)
from shinrai.quality.queries.facts_as_of import facts_as_of
from shinrai.quality.queries.one_topic import topic_meant
from shinrai.quality.queries.summary import Asked, QualitySummary, summarised, summary_now
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.topical import resolved
from shinrai.topics.facts import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.query import Answer, run_all
from shinrai.warehouse.store import Warehouse, version_of

HELD = "inquiries_held"
FOUND_HELD = "inquiries_found"
ACCOUNTS_HELD = "accounts_held"
SAME = ("customer_id", "about")
TABLES = (INQUIRIES, INVESTIGATIONS, TOPICS, ANSWERS)


def asked_summary(
    *,
    workspace: WorkspaceRecord,
    at: datetime | None,
    now: datetime,
    warehouse: Warehouse,
    dates: tuple[date | None, date | None] = (None, None),
) -> QualitySummary:
    """Return the summary from the counts per day; from the tables where there are none, or then."""
    since, until = dates
    counted = None if at else summary_now(workspace=workspace, since=since, until=until)
    return counted or quality_summary(
        workspace=workspace, at=at or now, warehouse=warehouse, since=since, until=until
    )


def quality_summary(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    since: date | None = None,
    until: date | None = None,
    mode: str | None = None,
    topic: str | None = None,
    calendar: str | None = None,
) -> QualitySummary:
    """Return every figure of MEASURES §5 for inquiries received between two dates, both included.

    For a moment before the last step, or another calendar than the usual, facts are computed from
    steps. With a `topic`, only what counts as it, labels merged into it included.
    Raises: UnknownCalendar, UnknownTopic.
    """
    ground = ground_of(workspace, calendar=calendar)
    usual = ground if calendar is None else ground_of(workspace)
    past = has_steps_after(workspace_id=workspace.id, at=at)
    from_steps = past or ground.digest != usual.digest
    there = tables_as_of(warehouse, ground, at if from_steps else None, since=since)
    given = there.rows
    about = None if topic is None else topic_meant(warehouse, workspace.id, topic, given=given)
    counted = _count(
        warehouse, workspace.id, at, since, until, mode, topic=about, zone=ground.zone, given=given
    )
    return summary_of(
        counted,
        there,
        workspace=workspace,
        ground=ground,
        at=at,
        since=since,
        until=until,
        mode=mode,
        topic=about,
    )


def summary_of(
    counted: tuple[dict[str, list[dict[str, Any]]], list[Answer]],
    there: "TablesAsOf",
    *,
    workspace: WorkspaceRecord,
    ground: Ground,
    at: datetime,
    since: date | None,
    until: date | None,
    mode: str | None = None,
    topic: str | None = None,
) -> QualitySummary:
    """Compute the figures from counted rows, with the versions of the tables they came from."""
    found, answers = counted
    return summarised(
        counted_of(found),
        Asked(workspace.slug, at, since, until, mode, topic),
        calendar=ground.calendar_name,
        zone=ground.zone,
        versions=there.versions or ({} if there.from_steps else versions_of(answers)),
        fresh=there.fresh or ({} if there.from_steps else fresh_of(answers)),
        from_steps=there.from_steps,
    )


@dataclass(frozen=True)
class TablesAsOf:
    """The tables to count: the published ones (`rows` None), or rows as they were at a moment.

    In the latter case `versions` and `fresh` are of the published tables they were taken from.
    """

    rows: dict[str, pa.Table] | None
    versions: dict[str, int]
    fresh: dict[str, Fresh | None]

    @property
    def from_steps(self) -> bool:
        return self.rows is not None


def tables_as_of(
    warehouse: Warehouse, ground: Ground, as_of: datetime | None, *, since: date | None = None
) -> TablesAsOf:
    """Return the published tables, or with `as_of` the rows as they were at that moment."""
    if as_of is None:
        return TablesAsOf(None, versions={}, fresh={})
    versions = {table.name: version_of(warehouse, table) for table in TABLES}
    found = facts_as_of(published=warehouse, ground=ground, until=as_of, since=since)
    return TablesAsOf(found.rows, versions=versions if found.fresh else {}, fresh=found.fresh)


def versions_of(answers: list[Answer]) -> dict[str, int]:
    return {name: version for answer in answers for name, version in answer.versions.items()}


def fresh_of(answers: list[Answer]) -> dict[str, Fresh | None]:
    return {name: fresh for answer in answers for name, fresh in answer.fresh.items()}


def _count(
    warehouse: Warehouse,
    workspace_id: int,
    at: datetime,
    since: date | None,
    until: date | None,
    mode: str | None,
    *,
    topic: str | None = None,
    zone: str = "UTC",
    given: Mapping[str, pa.Table] | None = None,
) -> tuple[dict[str, list[dict[str, Any]]], list[Answer]]:
    """Count everything that figures are made of, in one pass."""
    ends = at if until is None else min(at, midnight(zone, until + timedelta(days=1)))
    values = {
        "at": epoch_us(at),
        "ends": epoch_us(ends),
        "since": since,
        "until": until,
        "mode": mode,
        "topic": topic,
    }
    held, asked = _counts(shape(values))
    answers = run_all(
        warehouse,
        asked,
        tables=TABLES,
        within={"workspace_id": workspace_id},
        held=held,
        given=given,
        parameters=values,
    )
    rows = {name: answer.records() for name, answer in answers.items()}
    says = {row["label"]: row["topic"] for row in rows.pop("counts_as")}
    rows["double_labels"] = resolved(rows["double_labels"], says)
    return rows, list(answers.values())


@lru_cache(maxsize=16)
def _counts(names: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the shared tables and the queries on them; built once per set of parameters given."""
    asked = of_shape(names, "at", "since", "until", "mode")
    at, topic = asked["at"], of_shape(names, "topic")["topic"]
    held = with_topics(current(INQUIRIES.unbound()), TOPICS.unbound())
    inquiries = ibis.table(held.schema(), name=HELD)
    counted_ones = of_topic(population(inquiries, **asked), topic)
    found = ibis.table(counted_ones.schema(), name=FOUND_HELD)
    by_account = accounts(found, inquiries, at=at)
    every_account = ibis.table(by_account.schema(), name=ACCOUNTS_HELD)
    filed = with_topics(INVESTIGATIONS.unbound(), TOPICS.unbound())
    # What comes after, of whatever topic, is looked for in all of them.
    ours = filed if topic is None else of_topic(subjects(filed, inquiries), topic)
    return {HELD: held, FOUND_HELD: counted_ones, ACCOUNTS_HELD: by_account}, {
        "counts": counted(found, at=at),
        "rules": rules(found),
        "waiting_times": waiting_times(found),
        "plain_waiting_times": plain_waiting_times(found),
        "runs": runs(found),
        "tiers": tiers(found),
        "handovers": handovers(found),
        "tail": tail(found),
        "repeats": repeats(found, inquiries),
        "flagged": flagged(found),
        "account_counts": account_counts(every_account),
        "top_accounts": top_accounts(every_account),
        "longest_silent": longest_silent(every_account),
        "investigations": investigated(ours, **asked),
        **topical_counts(found, inquiries, filed, names),
    }


def counted_of(found: dict[str, list[dict[str, Any]]]) -> Counted:
    """Make a `Counted` of the rows; its modes are those among inquiries and investigations."""
    rows = [*found["counts"], *found["investigations"]]
    modes = tuple(sorted({row["mode"] for row in rows}))
    return Counted(**found, modes=modes)


def topical_counts(
    found: Any, inquiries: Any, investigations: Any, names: frozenset[str]
) -> dict[str, Any]:
    """Return the queries that figures about topics need; they read only labelled cases.

    Input:  the population asked about, all inquiries and all investigations, each `with_topics`.
    Findings are those of the 180 days before `ends`. With a `topic`, only what counts as it; the
    agreement of labellers is then not shown, because cases they disagreed on are missing.
    """
    asked = of_shape(names, "at", "since", "until", "mode")
    more = of_shape(names, "ends", "mode", "topic")
    sampled = ANSWERS.unbound()
    if more["topic"] is not None:
        about = of_topic(inquiries, more["topic"])
        sampled = sampled.semi_join(about, [sampled.case_id == about.case_id])
    return {
        "repeats_on_topic": repeats(found, inquiries, same=SAME),
        "double_labels": double_labels(found),
        "findings": findings(
            investigations,
            inquiries,
            until=more["ends"],
            mode=more["mode"],
            topic=more["topic"],
        ),
        "marks": marks(sampled, **asked),
        "counts_as": TOPICS.unbound().select("label", "topic"),
    }
