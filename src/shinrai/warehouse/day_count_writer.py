"""Count the declared questions as of a moment and store the days whose numbers changed."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import transaction

from shinrai.postgres.bulk import copy_in
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.moments import epoch_us
from shinrai.warehouse.day_counts import NO_DAY, Ints
from shinrai.warehouse.models import DayCount, DayCountFill, DayCountKeys
from shinrai.warehouse.query import run_all
from shinrai.warehouse.questions import DAY, DayCounts, Question, Questions
from shinrai.warehouse.store import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

EPOCH: Final = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=32)
def _questions(counts: DayCounts) -> Questions:
    """Return the questions of a set, built only once.

    Building the expressions takes longer than counting a small workspace.
    """
    return counts.questions()


def count_days(
    warehouse: Warehouse,
    counts: DayCounts,
    *,
    workspace_id: int,
    basis: str,
    at: datetime,
    notes: Mapping[str, object] | None = None,
    given: Mapping[str, "pa.Table"] | None = None,
) -> bool:
    """Count all questions of a workspace as of the moment `at` and store the days that changed.

    Counting a million rows takes seconds, so a worker does it. `basis` is a digest of what the
    counts depend on; it is stored with them. `given` are rows, by table name, to count instead of
    the published ones. Returns False if a count of a later moment is already stored.
    """
    with transaction.atomic():
        lock_in_transaction(f"day_counts:{counts.name}:{workspace_id}")
        stored = DayCountFill.objects.filter(workspace_id=workspace_id, name=counts.name)
        fill = stored.first()
        if fill is not None and fill.at > at:
            return False
        if fill is None:
            fill = DayCountFill(workspace_id=workspace_id, name=counts.name)
        questions = _questions(counts)
        answers = run_all(
            warehouse,
            {name: question.expression for name, question in questions.asked.items()},
            tables=counts.tables,
            within={"workspace_id": workspace_id},
            held=questions.held,
            given=given,
            parameters={"at": epoch_us(at)},
        )
        fill.at, fill.basis, fill.notes = at, basis, dict(notes or {})
        fill.versions = {n: v for one in answers.values() for n, v in one.versions.items()}
        fill.fresh = {
            name: None if fresh is None else [fresh.at.isoformat(), fresh.app, fresh.upto]
            for one in answers.values()
            for name, fresh in one.fresh.items()
        }
        fill.save()
        for name, question in questions.asked.items():
            _store(fill, name, question, answers[name].rows)
        DayCount.objects.filter(fill=fill).exclude(question__in=questions.asked).delete()
        DayCountKeys.objects.filter(fill=fill).exclude(question__in=questions.asked).delete()
    return True


def count_nothing(
    counts: DayCounts, *, workspace_id: int, basis: str, notes: Mapping[str, object], at: datetime
) -> None:
    """Store that a workspace has no rows to count, so that its pages can show this."""
    with transaction.atomic():
        lock_in_transaction(f"day_counts:{counts.name}:{workspace_id}")
        fill, _ = DayCountFill.objects.update_or_create(
            workspace_id=workspace_id,
            name=counts.name,
            defaults={
                "at": at,
                "basis": basis,
                "notes": dict(notes),
                "versions": {},
                "fresh": {table.name: None for table in counts.tables},
            },
        )
        DayCount.objects.filter(fill=fill).delete()
        DayCountKeys.objects.filter(fill=fill).delete()


def _store(fill: DayCountFill, name: str, question: Question, rows: "pa.Table") -> None:
    """Store the days of one question whose numbers differ from those stored before."""
    columns = [c for c in rows.column_names if c != DAY and c not in question.keys]
    row, _ = DayCountKeys.objects.get_or_create(
        fill=fill, question=name, defaults={"columns": {}, "combinations": []}
    )
    described = {"keys": list(question.keys), "numbers": columns}
    known = row.combinations if row.columns == described else []
    combinations = [tuple(one) for one in known]
    key = _key_places(rows, question.keys, combinations)
    if row.columns != described or len(combinations) != len(known):
        row.columns, row.combinations = described, combinations
        row.save()
    table = np.empty((len(rows), 1 + len(columns)), np.int64)
    table[:, 0] = key
    for place, column in enumerate(columns, start=1):
        table[:, place] = rows[column].fill_null(0).cast("int64").to_numpy()
    on = rows[DAY].cast("int32").fill_null(NO_DAY - EPOCH).to_numpy() + EPOCH
    # In one order, the same rows give the same bytes whatever order the engine gave. Of rows that
    # are not added up there are many: their first number settles it well enough.
    columns_ordered = table.T[::-1] if question.summed else table.T[1::-1]
    order = np.lexsort((*columns_ordered, on))
    on, table = on[order], table[order]
    days, starts = np.unique(on, return_index=True)
    ends = [*starts[1:].tolist(), len(on)] if len(on) else []
    made = {
        day: pack(table[start:end])
        for day, start, end in zip(days.tolist(), starts.tolist(), ends, strict=True)
    }
    _replace(fill, name, made)


def _key_places(rows: "pa.Table", keys: Iterable[str], combinations: list[tuple[Any, ...]]) -> Ints:
    """Return, for each row, the index of its keys in `combinations`; append new ones to it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = list(keys)
    codes = np.zeros(len(rows), np.int64)
    for name in names:
        column = pc.dictionary_encode(rows[name].combine_chunks(), null_encoding="encode")
        both = codes * max(1, len(column.dictionary)) + np.asarray(column.indices, np.int64)
        # Numbered anew after each column, the product of two stays small.
        codes = np.asarray(pc.dictionary_encode(pa.array(both)).indices, np.int64)
    distinct, first = np.unique(codes, return_index=True)
    some = rows.select(names).take(pa.array(first))
    places = {one: place for place, one in enumerate(combinations)}
    found = np.empty(len(distinct), np.int64)
    for number, one in enumerate(zip(*(some[n].to_pylist() for n in names), strict=True)):
        if one not in places:
            places[one] = len(combinations)
            combinations.append(one)
        found[number] = places[one]
    return found[codes] if len(distinct) else codes


def _replace(fill: DayCountFill, name: str, made: Mapping[int, bytes]) -> None:
    stored = DayCount.objects.filter(fill=fill, question=name)
    digests = {day: hashlib.blake2b(data, digest_size=16).digest() for day, data in made.items()}
    same, other = set(), []
    for number, on, digest in stored.values_list("id", DAY, "digest"):
        day = NO_DAY if on is None else on.toordinal()
        if digests.get(day) == bytes(digest):
            same.add(day)
        else:
            other.append(number)
    if other:
        DayCount.objects.filter(id__in=other).delete()
    copy_in(
        DayCount._meta.db_table,
        ("fill_id", "question", DAY, "numbers", "digest"),
        (
            (
                fill.pk,
                name,
                None if day == NO_DAY else date.fromordinal(day),
                data,
                digests[day],
            )
            for day, data in made.items()
            if day not in same
        ),
    )


def pack(table: Ints) -> bytes:
    """Pack rows of whole numbers into bytes: one byte with their size (4 or 8), then row by row."""
    if not len(table) or np.abs(table).max() < 2**31:
        return b"\x04" + table.astype("<i4").tobytes()
    return b"\x08" + table.astype("<i8").tobytes()
