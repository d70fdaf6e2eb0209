"""Rows of the queue and the board: an open case, how it stands, and what one asks about it next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np

from shinrai.accounts.queries import members
from shinrai.calendars.rules.arrays import elapsed_array
from shinrai.desk.queries.titles import OPENINGS, titles
from shinrai.desk.rules.attributes import SPEAKING, CaseAttributes, attributes_of
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import CaseHead, case_heads, steps_of
from shinrai.ledger.rules.steps import Step, standing
from shinrai.objectives.queries.going import Group
from shinrai.objectives.queries.judges import Judge
from shinrai.objectives.queries.lines import ClockLine
from shinrai.objectives.rules.states import State
from shinrai.privacy.rules.masking import folded
from shinrai.topics.queries import codebook
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text, in_both_languages

RowGroup = Group | Literal["unpromised"]
# What lists of open cases can be narrowed by.
ATTRIBUTES = ("person", "priority", "service", "topic")
PRIORITIES = ("urgent", "high", "normal", "low")  # others stand after these


@dataclass(frozen=True)
class BoardRow:
    """An open case, with the objective whose clock is most urgent, if any has one.

    `person` is the number of who works on it, `person_name` their name; `topic_name` is the name of
    its topic in the codebook.
    """

    case_id: int
    case_key: str
    record: str
    source: str
    state: State
    group: RowGroup
    started_at: datetime
    about: CaseAttributes
    holder: str | None
    title: str = ""
    person_name: str = ""
    topic_name: Text | None = None
    objective: str = ""
    due_at: datetime | None = None
    business_time: timedelta | None = None
    paused_since: datetime | None = None
    paused_for: str = ""


@dataclass(frozen=True)
class OpenCases:
    """What steps say of all open cases of a list: for its filters, and for a search in titles."""

    about: Mapping[int, CaseAttributes]
    steps: Mapping[int, Sequence[Step]]
    names: Mapping[str, str]
    topics: Mapping[str, Text]

    def chosen(self, asked: Mapping[str, str]) -> set[int] | None:
        """Return the cases whose attributes are those asked for; None if none is asked for."""
        wanted = {n: asked[n] for n in ATTRIBUTES if asked.get(n) and self.choices(n)}
        if not wanted:
            return None
        return {
            case_id
            for case_id, about in self.about.items()
            if all(getattr(about, name) == value for name, value in wanted.items())
        }

    def found(self, search: str) -> set[int]:
        """Return the cases in whose title or attributes all words of a search stand."""
        words, said = folded(search).split(), titles(self.steps)
        return {
            case_id
            for case_id, about in self.about.items()
            if all(word in folded(self._text(about, said.get(case_id, ""))) for word in words)
        }

    def choices(self, name: str) -> list[str]:
        """Return the values of an attribute that open cases have, in order."""
        found = {getattr(about, name) for about in self.about.values()} - {""}
        if name == "person":
            found &= set(self.names)
        return sorted(found, key=lambda value: self._place(name, value))

    def ordered(self, sort: str) -> list[int]:
        """Return the cases in the order of an attribute (`-`: in reverse); without it, last."""
        name = sort.removeprefix("-")
        said = {case_id: getattr(about, name) for case_id, about in self.about.items()}
        shown = set(self.choices(name))
        known = [case_id for case_id, value in said.items() if value in shown]
        known.sort(key=lambda one: self._place(name, said[one]), reverse=sort.startswith("-"))
        return known

    def _place(self, name: str, value: str) -> tuple[int, str]:
        """Return a sort key: priorities by weight, persons and topics by name."""
        if name == "priority":
            return (PRIORITIES.index(value) if value in PRIORITIES else len(PRIORITIES), value)
        return (0, folded(str(self.names.get(value, value))))

    def _text(self, about: CaseAttributes, title: str) -> str:
        topic = self.topics.get(about.topic)
        named = " ".join(in_both_languages(topic, 200).values()) if topic else ""
        return f"{title} {self.names.get(about.person, '')} {about.service} {named}"


def open_cases(
    ids: Iterable[int],
    *,
    workspace_id: int,
    at: datetime,
    found: Mapping[int, Sequence[Step]] | None = None,
    has_names: bool = True,
) -> OpenCases:
    """Return the attributes of some cases, from the steps that say any of it, or those `found`.

    The names of persons are for members of the workspace; for others, persons stay numbers.
    """
    if found is None:
        found = steps_of(ids, workspace_id=workspace_id, kinds=SPEAKING)
    steps = {case_id: standing(some, until=at) for case_id, some in found.items()}
    book = codebook(workspace_id=workspace_id)
    about = {case_id: attributes_of(some) for case_id, some in steps.items()}
    about = {
        case_id: replace(one, topic=book.counts_as(one.topic)) if one.topic else one
        for case_id, one in about.items()
    }
    staff = members(workspace_id=workspace_id) if has_names else ()
    names = {one.key: one.display_name for one in staff}
    topics = {one.topic: book.name(one.topic) for one in about.values() if one.topic}
    return OpenCases(about, steps, names, topics)


def case_rows(
    lines: Sequence[tuple[ClockLine, RowGroup]],
    *,
    workspace_id: int,
    judges: Mapping[str, Judge],
    at: datetime,
    has_names: bool = True,
) -> list[BoardRow]:
    """Return a row for each clock: adds who holds the case, and what it is about but its title."""
    ids = [line.row.case_id for line, _ in lines]
    heads, steps = case_heads(ids), steps_of(ids, workspace_id=workspace_id)
    known = open_cases(ids, workspace_id=workspace_id, at=at, found=steps, has_names=has_names)
    left = _business_times([line for line, _ in lines], judges, at)
    rows = []
    for line, group in lines:
        case_id, clock = line.row.case_id, line.row
        row = open_row(heads[case_id], steps.get(case_id, []), known, at)
        rows.append(
            replace(
                row,
                state=line.state,
                group=group,
                started_at=clock.started_at,
                objective=judges[line.objective].objective.title,
                due_at=clock.due_at,
                business_time=left.get((case_id, line.objective)),
                paused_since=clock.paused_since,
            )
        )
    return rows


def group_of(line: ClockLine, risk_before: Mapping[str, datetime]) -> RowGroup:
    """Return the group a clock stands in: late, at risk, running or at rest."""
    due, until = line.row.due_at, risk_before.get(line.objective)
    if due is None:
        return "at_rest"
    if line.state == "overdue":
        return "late"
    return "at_risk" if until is not None and due < until else "running"


def open_row(head: CaseHead, steps: Sequence[Step], known: OpenCases, at: datetime) -> BoardRow:
    """Return the row of an open case as if no objective had a clock of it."""
    holder, paused_for = _held(head, steps, at)
    about = known.about.get(head.id, CaseAttributes())
    return BoardRow(
        case_id=head.id,
        case_key=head.source_key,
        record=head.record,
        source=head.source,
        state="running",
        group="unpromised",
        started_at=min((step.at for step in steps), default=at),
        about=about,
        holder=holder,
        person_name=known.names.get(about.person, ""),
        topic_name=known.topics.get(about.topic),
        paused_for=paused_for,
    )


def open_rows(
    case_ids: Sequence[int], *, workspace_id: int, at: datetime, has_names: bool = True
) -> list[BoardRow]:
    """Return the rows of open cases that no objective has a clock of, in the order given."""
    heads, steps = case_heads(case_ids), steps_of(case_ids, workspace_id=workspace_id)
    known = open_cases(case_ids, workspace_id=workspace_id, at=at, found=steps, has_names=has_names)
    return [open_row(heads[one], steps[one], known, at) for one in case_ids if one in steps]


def in_order(rows: Sequence[BoardRow], known: OpenCases, sort: str) -> list[BoardRow]:
    """Sort rows by a column, with a leading `-` in reverse; unknown values stand last."""
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    if name in ATTRIBUTES:
        places = {case_id: place for place, case_id in enumerate(known.ordered(sort))}
        return sorted(rows, key=lambda row: places.get(row.case_id, len(places)))
    keys: dict[str, Callable[[BoardRow], Any]] = {
        "case": lambda row: folded(row.case_key),
        "age": lambda row: -epoch_us(row.started_at),
        "due": lambda row: epoch_us(row.due_at) if row.due_at else None,
    }
    if name not in keys:
        return list(rows)
    ranked = [row for row in rows if keys[name](row) is not None]
    rest = [row for row in rows if keys[name](row) is None]
    return sorted(ranked, key=keys[name], reverse=is_down) + rest


def titled(rows: Sequence[BoardRow], *, workspace_id: int) -> list[BoardRow]:
    """Add the titles to some rows; only of rows that are shown are words decrypted."""
    ids = [row.case_id for row in rows]
    said = titles(steps_of(ids, workspace_id=workspace_id, kinds=OPENINGS))
    return [replace(row, title=said.get(row.case_id, "")) for row in rows]


def _held(head: CaseHead, steps: Sequence[Step], at: datetime) -> tuple[str | None, str]:
    """Return who holds a case now, and the reason it is paused or ""."""
    stands = standing(steps, until=at)
    if head.record == "investigation":
        state = replay_investigation(stands)
        waits = [p for item in state.rounds for p in item.pauses if p.until is None]
        return state.holder, waits[-1].reason if waits else ""
    asked = replay_inquiry(stands)
    rests = [pause for pause in asked.pauses if pause.until is None]
    last = asked.stretches[-1] if asked.stretches else None
    holder = last.holder if last is not None and last.until is None else None
    return holder, rests[-1].reason if rests else ""


def _business_times(
    lines: Sequence[ClockLine], judges: Mapping[str, Judge], at: datetime
) -> dict[tuple[int, str], timedelta]:
    """Return the open time left until each due moment, negative if past.

    Shape: {(case id, objective): time}; computed with arrays, as some cases are late by years.
    """
    found: dict[tuple[int, str], timedelta] = {}
    now = epoch_us(at)
    for name, judge in judges.items():
        mine = [line for line in lines if line.objective == name and line.row.due_at is not None]
        if not mine:
            continue
        dues = [line.row.due_at for line in mine if line.row.due_at is not None]
        years = [due.year for due in (*dues, at)]
        due_us = np.array([epoch_us(due) for due in dues], np.int64)
        now_us = np.full(len(dues), now, np.int64)
        open_us = elapsed_array(
            judge.years(min(years) - 1, max(years)),
            np.minimum(due_us, now_us),
            np.maximum(due_us, now_us),
        )
        signed = np.where(due_us >= now, open_us, -open_us).tolist()
        for line, us in zip(mine, signed, strict=True):
            found[line.row.case_id, name] = timedelta(microseconds=us)
    return found
