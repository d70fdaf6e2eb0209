"""Rows of cases in lists: how a case stands, which clock presses it, and what it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from shinrai.calendars.rules.arrays import elapsed_array
from shinrai.desk.queries.places import CaseNames, QueuePlace, calendar_mark
from shinrai.desk.queries.titles import OPENINGS, titles
from shinrai.desk.rules.attributes import CaseAttributes
from shinrai.desk.rules.countdown import risk_begins
from shinrai.desk.rules.open_case import CaseStanding, case_standing
from shinrai.ledger.queries import CaseHead, case_heads, standing_of, steps_of
from shinrai.objectives.queries.going import GROUPS, Group
from shinrai.objectives.queries.judges import Judge
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text

RowGroup = Group | Literal["unpromised"]
ROW_GROUPS: tuple[RowGroup, ...] = (*GROUPS, "unpromised")


@dataclass(frozen=True)
class RowClock:
    """The clock of a case that is due first: under which objective, and since when it is paused."""

    objective_id: int
    due_at: datetime | None
    paused_since: datetime | None


@dataclass(frozen=True)
class BoardRow:
    """A case, with the objective whose clock is most urgent, if any has one.

    `person_name` is who works on it; `topic_name` is the name of its topic in the codebook. What is
    left is less than none where it is late. `place` is told where a list spans workspaces.
    """

    head: CaseHead
    stands: CaseStanding
    group: RowGroup = "unpromised"
    title: str = ""
    person_name: str = ""
    topic_name: Text | None = None
    objective: str = ""
    due_at: datetime | None = None
    paused_since: datetime | None = None
    business_time: timedelta | None = None
    risk_begins: timedelta | None = None
    calendar: str = ""  # the mark of the one its due moment follows
    place: QueuePlace | None = None

    @property
    def case_id(self) -> int:
        return self.head.id

    @property
    def case_key(self) -> str:
        return self.head.source_key

    @property
    def record(self) -> str:
        return self.head.record

    @property
    def source(self) -> str:
        return self.head.source

    @property
    def about(self) -> CaseAttributes:
        return self.stands.about

    @property
    def holder(self) -> str:
        return self.stands.holder

    @property
    def started_at(self) -> datetime:
        return self.stands.began_at

    @property
    def paused_for(self) -> str:
        return self.stands.waiting_on


def case_row(head: CaseHead, stands: CaseStanding, names: CaseNames) -> BoardRow:
    """Return the row of a case as if no objective had a clock of it."""
    about = stands.about
    return BoardRow(
        head=head,
        stands=stands,
        person_name=names.persons.get(about.person, ""),
        topic_name=names.topic(about.topic),
    )


def rows_then(
    case_ids: Iterable[int], *, workspace_id: int, at: datetime, names: CaseNames
) -> list[BoardRow]:
    """Return the rows of some cases from their steps up to a moment, in the order given."""
    ids = list(case_ids)
    heads, steps = case_heads(ids), standing_of(ids, workspace_id=workspace_id, until=at)
    stands = {one: case_standing(heads[one].record, some) for one, some in steps.items()}
    return [
        case_row(heads[one], found, names) for one in ids if (found := stands.get(one)) is not None
    ]


def with_clocks(
    rows: Sequence[BoardRow],
    clocks: Mapping[int, RowClock],
    *,
    places: Mapping[int, QueuePlace],
    at: datetime,
) -> list[BoardRow]:
    """Add to each row the clock that presses it: its group, and the business time left."""
    judges = {number: j for place in places.values() for number, j in place.judges.items()}
    left = _business_times(clocks, judges, at)
    found = []
    for row in rows:
        clock, place = clocks.get(row.case_id), places[row.head.workspace_id]
        judge = judges.get(clock.objective_id) if clock else None
        if clock is None or judge is None:
            found.append(replace(row, place=place))
            continue
        usual = place.usual.get(judge.objective.name)
        due, time = clock.due_at, usual.time if usual else None
        found.append(
            replace(
                row,
                group=_group(due, place.risk.get(clock.objective_id), at),
                objective=judge.objective.title,
                due_at=due,
                paused_since=clock.paused_since,
                business_time=left.get(row.case_id),
                risk_begins=risk_begins(judge.calendar, due, time) if due else None,
                calendar=calendar_mark(judge),
                place=place,
            )
        )
    return found


def titled(rows: Sequence[BoardRow]) -> list[BoardRow]:
    """Add the titles to some rows; only of rows that are shown are words decrypted."""
    said: dict[int, str] = {}
    for workspace_id in {row.head.workspace_id for row in rows}:
        ids = [row.case_id for row in rows if row.head.workspace_id == workspace_id]
        said |= titles(steps_of(ids, workspace_id=workspace_id, kinds=OPENINGS))
    return [replace(row, title=said.get(row.case_id, "")) for row in rows]


def _group(due: datetime | None, risk_before: datetime | None, at: datetime) -> RowGroup:
    if due is None:
        return "at_rest"
    if due < at:
        return "late"
    return "at_risk" if risk_before is not None and due < risk_before else "running"


def _business_times(
    clocks: Mapping[int, RowClock], judges: Mapping[int, Judge], at: datetime
) -> dict[int, timedelta]:
    """Return by case the open time left until it is due, negative if past.

    Computed with arrays, as some cases are late by years.
    """
    found: dict[int, timedelta] = {}
    now = epoch_us(at)
    for number, judge in judges.items():
        dues = {
            case_id: clock.due_at
            for case_id, clock in clocks.items()
            if clock.objective_id == number and clock.due_at is not None
        }
        if not dues:
            continue
        years = [due.year for due in (*dues.values(), at)]
        due_us = np.array([epoch_us(due) for due in dues.values()], np.int64)
        now_us = np.full(len(dues), now, np.int64)
        open_us = elapsed_array(
            judge.years(min(years) - 1, max(years)),
            np.minimum(due_us, now_us),
            np.maximum(due_us, now_us),
        )
        signed = np.where(due_us >= now, open_us, -open_us).tolist()
        found |= {
            case_id: timedelta(microseconds=us) for case_id, us in zip(dues, signed, strict=True)
        }
    return found
