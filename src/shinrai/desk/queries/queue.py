"""The queue: all open cases, of one workspace or of several, filtered and sorted by PostgreSQL."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import OrderBy

from shinrai.desk.models import OpenCase
from shinrai.desk.queries.places import QueuePlace
from shinrai.desk.queries.rows import (
    ROW_GROUPS,
    BoardRow,
    RowClock,
    RowGroup,
    case_row,
    titled,
    with_clocks,
)
from shinrai.desk.queries.titles import OPENINGS, titles
from shinrai.desk.rules.attributes import CaseAttributes
from shinrai.desk.rules.open_case import CaseStanding, missing_facts
from shinrai.ledger.queries import case_heads, steps_of
from shinrai.ledger.rules.steps import Step
from shinrai.objectives.queries.going import pressing_clocks
from shinrai.search.queries import cases_titled
from shinrai.search.rules import folded, holds
from shinrai.units.text import in_both_languages

A_PAGE = 50
SENT_BACK = "sent_back"
RECORDS = ("inquiry", "investigation")
# What lists of open cases can be narrowed by.
ATTRIBUTES = ("person", "priority", "service", "topic")
EXACT = {"phase": "phase", "holder": "holder", "due_before": "clock__due_at__lt"}  # for programs
VIEWS = ("mine", "my_tier", "unassigned", "at_risk", "for_us", "late")
PRIORITIES = ("urgent", "high", "normal", "low")  # others stand after these
NEWEST = 300  # open cases whose titles may not be indexed yet
MOST_FOUND = 1_000  # cases one search finds by their titles
PAST = """WITH desk_opencase AS (
    SELECT * FROM jsonb_populate_recordset(NULL::desk_opencase, %s)
), desk_pressing AS (
    SELECT * FROM jsonb_to_recordset(%s) AS clock
        (case_id bigint, objective_id bigint, due_at timestamptz, paused_since timestamptz)
)"""
_STANDS = (
    *("phase", "tier", "holder", "waiting_on", "began_at", "held_since", "changed_at"),
    "last_kind",
)
_CLOCK = ("clock__objective_id", "clock__due_at", "clock__paused_since")


@dataclass(frozen=True)
class PastRows:
    """Open cases and their pressing clocks as of a past moment, as columns by name."""

    cases: Sequence[Mapping[str, Any]]
    clocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class QueueRequest:
    """Which open cases are asked for, as of now or of `past` rows, and in which order.

    `asked` narrows them: record, state, view (one of `VIEWS`), `ATTRIBUTES` and `EXACT`. `sort` is
    due, case, age or an attribute, with a leading `-` for descending. With `record` or `case_ids`,
    no others are counted at all.
    """

    places: Sequence[QueuePlace]
    at: datetime
    asked: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
    sort: str = "due"
    skip: int = 0
    most: int = A_PAGE
    record: str | None = None
    case_ids: Collection[int] | None = None
    past: PastRows | None = None

    @property
    def by_id(self) -> dict[int, QueuePlace]:
        """Return the workspaces by their number."""
        return {place.workspace.id: place for place in self.places}


@dataclass(frozen=True)
class QueueChoices:
    """The values that the attributes of open cases have, in order, with their names if any."""

    values: Mapping[str, list[str]]
    names: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, list[str]]  # of each topic, the labels that count as it


@dataclass(frozen=True)
class Queue:
    """A page of open cases; the number of cases in each group and view, and of each kind.

    `listed` is the number of rows on all pages together; `due_next` are due by the next close of
    their workspace.
    """

    rows: tuple[BoardRow, ...]
    places: tuple[QueuePlace, ...]
    counts: Mapping[RowGroup, int]
    views: Mapping[str, int]
    records: Mapping[str, int]
    due_next: int
    listed: int
    choices: QueueChoices

    @property
    def in_hand(self) -> int:
        """Return the number of all open cases."""
        return sum(self.counts.values())

    @property
    def has_objectives(self) -> bool:
        """Tell whether anything is promised."""
        return any(place.judges for place in self.places)


def queue_of(request: QueueRequest) -> Queue:
    """List the open cases as of now, most urgent first unless `sort` gives another order.

    PostgreSQL filters, counts, sorts and cuts; words are decrypted of the rows of this page alone.
    """
    base = _open_cases(request)
    choices = _choices(request)
    groups, views = _groups(request), _views(request)
    counted = _counted(
        request,
        base,
        {f"record_{name}": Q(record=name) for name in RECORDS}
        | {f"group_{name}": Q(group=name) for name in ROW_GROUPS}
        | {f"view_{name}": q for name, q in views.items()}
        | {"due_next": _due_next(request)},
    )
    wanted = base.filter(_narrowed(request, choices))
    if record := _one_of(request.asked.get("record"), RECORDS):
        wanted = wanted.filter(record=record)
    if view := _one_of(request.asked.get("view"), tuple(views)):
        wanted = wanted.filter(views[view])
    if group := _one_of(request.asked.get("state"), tuple(groups)):
        wanted = wanted.filter(Q(group=group))
    if request.search:
        wanted = wanted.filter(_found(request, choices, wanted))
    is_whole = not (request.search or any(request.asked.values()))
    counts = {name: counted[f"group_{name}"] for name in ROW_GROUPS}
    if not counts["unpromised"]:
        del counts["unpromised"]
    shown = wanted.order_by(*_order(request, choices))[request.skip : request.skip + request.most]
    return Queue(
        rows=tuple(_rows(request, shown)) if request.most else (),
        places=tuple(request.places),
        counts=counts,
        views={name: counted[f"view_{name}"] for name in views},
        records={name: counted[f"record_{name}"] for name in RECORDS},
        due_next=counted["due_next"],
        listed=sum(counts.values()) if is_whole else _counted(request, wanted, {"all": Q()})["all"],
        choices=choices,
    )


def _open_cases(request: QueueRequest) -> QuerySet[OpenCase]:
    """Return the open cases of the workspaces, each with its group; fetched by `_fetched`."""
    whens = [When(q, then=Value(name)) for name, q in _groups(request).items()]
    group = Case(*whens, default=Value("unpromised"), output_field=CharField())
    return _begun(request).annotate(group=group)


def _fetched(request: QueueRequest, rows: QuerySet[OpenCase, Any]) -> list[tuple[Any, ...]]:
    """Fetch rows of a statement that joins the clock which presses each case.

    Past rows stand in for the stored ones under the same names.
    """
    statement, params = rows.query.sql_with_params()
    if request.past is None:
        first, values = pressing_clocks(list(request.by_id), at=request.at)
        begins = f"WITH desk_pressing AS ({first})"
    else:
        begins = PAST
        values = tuple(
            json.dumps(some, default=str) for some in (request.past.cases, request.past.clocks)
        )
    with transaction.atomic(), connection.cursor() as cursor:
        # Before PostgreSQL has counted a first import, it would walk all clocks for every case.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"{begins} {statement}", (*values, *params))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def _counted(
    request: QueueRequest, rows: QuerySet[OpenCase], conditions: Mapping[str, Q]
) -> dict[str, int]:
    """Count the rows that fulfil each condition, all in one statement."""
    counts = {name: Count("pk", filter=q or None) for name, q in conditions.items()}
    of_all = rows.annotate(every=Value(1)).values("every").annotate(**counts)
    found = _fetched(request, of_all.values_list(*counts))
    return dict(zip(counts, found[0] if found else [0] * len(counts), strict=True))


def _begun(request: QueueRequest) -> QuerySet[OpenCase]:
    rows = OpenCase.objects.filter(workspace_id__in=list(request.by_id), began_at__lte=request.at)
    rows = rows if request.record is None else rows.filter(record=request.record)
    return rows if request.case_ids is None else rows.filter(pk__in=request.case_ids)


def _groups(request: QueueRequest) -> dict[RowGroup, Q]:
    """Return the conditions of the groups, of which the first that holds is a case's group."""
    at_risk = Q(pk__in=())
    for place in request.places:
        for number, until in place.risk.items():
            at_risk |= Q(clock__objective_id=number, clock__due_at__lt=until)
    return {
        "unpromised": Q(clock__isnull=True),
        "at_rest": Q(clock__due_at__isnull=True),
        "late": Q(clock__due_at__lt=request.at),
        "at_risk": at_risk,
        "running": Q(clock__due_at__gte=request.at),
    }


def _views(request: QueueRequest) -> dict[str, Q]:
    """Return the conditions of the views; what is one's own only for members."""
    members = [place.member.key for place in request.places if place.member]
    tiers = [
        Q(workspace_id=place.workspace.id, tier__in=place.tiers)
        for place in request.places
        if place.tiers
    ]
    found: dict[str, Q] = {"mine": Q(person__in=members)} if members else {}
    if tiers:
        found["my_tier"] = Q(*tiers, _connector=Q.OR)
    return found | {
        "unassigned": Q(person=""),
        "at_risk": Q(group="at_risk"),
        "for_us": Q(awaits_us=True),
        "late": Q(group="late"),
    }


def _due_next(request: QueueRequest) -> Q:
    found = Q(pk__in=())
    for place in request.places:
        if place.closes_at:
            found |= Q(workspace_id=place.workspace.id, clock__due_at__lte=place.closes_at)
    return Q(found, clock__due_at__gte=request.at)


def _narrowed(request: QueueRequest, choices: QueueChoices) -> Q:
    """Return the condition that attributes are those asked for; unknown ones are not asked."""
    found = Q()
    for name, column in EXACT.items():
        if value := request.asked.get(name, ""):
            found &= Q(**{column: value})
    for name in ATTRIBUTES:
        value = request.asked.get(name, "")
        if value and choices.values[name]:
            values = choices.labels.get(value, [value]) if name == "topic" else [value]
            is_known = name != "person" or value in choices.values[name]
            found &= Q(**{f"{name}__in": values}) if is_known else Q(pk__in=())
    return found


def _found(request: QueueRequest, choices: QueueChoices, among: QuerySet[OpenCase]) -> Q:
    """Return the condition of a search: keys, titles, objectives, and names of attributes."""
    search, words = folded(request.search), folded(request.search).split()
    named = {
        name: [one for one, said in choices.names[name].items() if search in folded(_said(said))]
        for name in ("person", "topic")
    }
    objectives = [
        number
        for place in request.places
        for number, judge in place.judges.items()
        if search in folded(f"{judge.objective.name} {judge.objective.title}")
    ]
    labels = [label for topic in named["topic"] for label in choices.labels[topic]]
    cases: set[int] = set()
    for place in request.places:
        there = place.workspace.id
        rows = _fetched(request, among.filter(workspace_id=there).order_by("pk").values_list("pk"))
        ids = [number for (number,) in rows]
        maybe = cases_titled(workspace_id=there, search=request.search, most=MOST_FOUND, among=ids)
        some = steps_of({*maybe, *ids[-NEWEST:]}, workspace_id=there, kinds=OPENINGS)
        cases |= {one for one, title in titles(some).items() if holds(folded(title), words)}
    return (
        Q(source_key__icontains=request.search)
        | Q(service__icontains=request.search)
        | Q(clock__objective_id__in=objectives)
        | Q(person__in=named["person"])
        | Q(topic__in=labels)
        | Q(pk__in=cases)
    )


def _said(name: Any) -> str:
    return name if isinstance(name, str) else " ".join(in_both_languages(name, 200).values())


def _choices(request: QueueRequest) -> QueueChoices:
    """Return what the filters offer: the values that open cases have."""
    places = request.by_id
    found: dict[str, set[str]] = {name: set() for name in ATTRIBUTES}
    persons = {key: name for one in places.values() for key, name in one.names.persons.items()}
    topics: dict[str, Any] = {}
    labels: dict[str, list[str]] = {}
    told = _begun(request).values_list("workspace_id", *ATTRIBUTES).distinct()
    for there, *values in _fetched(request, told):
        book = places[there].names.book
        for name, value in zip(ATTRIBUTES, values, strict=True):
            if name == "topic" and value:
                topic = book.counts_as(value)
                topics[topic] = book.name(topic)
                if value not in labels.setdefault(topic, []):
                    labels[topic].append(value)
                value = topic
            found[name].add(value)
    names: dict[str, Mapping[str, Any]] = {"person": persons, "topic": topics}
    ordered = {
        name: sorted(values - {""}, key=lambda one: _place(name, names.get(name, {}).get(one, one)))
        for name, values in found.items()
    }
    ordered["person"] = [one for one in ordered["person"] if one in persons]
    return QueueChoices(ordered, names, labels)


def _place(name: str, said: Any) -> tuple[int, str]:
    """Return a sort key: priorities by weight, persons and topics by name."""
    if name == "priority":
        return (PRIORITIES.index(said) if said in PRIORITIES else len(PRIORITIES), said)
    return (0, folded(str(said)))


def _order(request: QueueRequest, choices: QueueChoices) -> list[OrderBy]:
    """Return the order asked for; what is not known stands last, whichever way."""
    name, is_down = request.sort.removeprefix("-"), request.sort.startswith("-")
    due = [F(one).asc(nulls_last=True) for one in (*_CLOCK[1:], "began_at", "pk")]
    if name in ATTRIBUTES:
        values = choices.values[name]
        if name == "topic":
            values = [label for topic in values for label in choices.labels[topic]]
        ranked = Value(values[::-1] if is_down else values, ArrayField(CharField()))
        rank = Func(ranked, F(name), function="array_position", output_field=IntegerField())
        return [OrderBy(rank, nulls_last=True), *due]
    column = {"case": "source_key", "age": "began_at"}.get(name, "clock__due_at")
    is_down = is_down != (name == "age")  # the oldest began first
    return [OrderBy(F(column), descending=is_down, nulls_last=True), *due]


def _rows(request: QueueRequest, shown: QuerySet[OpenCase]) -> list[BoardRow]:
    """Return the rows of a page, with titles."""
    places = request.by_id
    found = _fetched(request, shown.values_list("pk", *_STANDS, *ATTRIBUTES, *_CLOCK))
    heads = case_heads([row[0] for row in found])
    back: dict[int, Sequence[Step]] = {}
    for there in places:  # what is missing is said in the steps alone
        ids = [
            one
            for one, phase, *_ in found
            if phase == SENT_BACK and heads[one].workspace_id == there
        ]
        back |= steps_of(ids, workspace_id=there, kinds=[SENT_BACK])
    rows, clocks = [], {}
    for case_id, *values in found:
        stands, about = values[: len(_STANDS)], values[len(_STANDS) : -len(_CLOCK)]
        head = heads[case_id]
        standing = CaseStanding(
            **dict(zip(_STANDS, stands, strict=True)),
            about=CaseAttributes(*about),
            missing=missing_facts(back.get(case_id, ())),
        )
        rows.append(case_row(head, standing, places[head.workspace_id].names))
        if values[-len(_CLOCK)] is not None:
            clocks[case_id] = RowClock(*values[-len(_CLOCK) :])
    return titled(with_clocks(rows, clocks, places=places, at=request.at))


def _one_of(value: str | None, known: Sequence[str]) -> str | None:
    return value if value in known else None
