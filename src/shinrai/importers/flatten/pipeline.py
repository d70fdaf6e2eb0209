"""Turns JSON documents into tables: records are assigned to cases, and cases are flattened."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from shinrai.importers.flatten.case_records import CaseRecord, CaseRecords, group_by_case
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable, write_tables
from shinrai.importers.flatten.json_files import JSON_ENDINGS, RawRecord, records_of
from shinrai.importers.flatten.values import DIRECTORY, unknown_record

Assign = Callable[[RawRecord, dict[str, Any]], Iterable[CaseRecord] | None]
Names = TypeVar("Names")


def assign_records(documents: Iterable[RawRecord], assign: Assign) -> Iterator[CaseRecord]:
    """Assign documents to their cases; of a list each item is assigned.

    A value that is no object, or that `assign` does not know (None), is recorded as unknown.
    """
    for raw in documents:
        value = raw.value
        if isinstance(value, list):
            yield from assign_records(raw.each("", value), assign)
        elif isinstance(value, dict) and (found := assign(raw, value)) is not None:
            yield from found
        else:
            yield unknown_record(raw)


def assign_lists(
    raw: RawRecord, value: Mapping[str, Any], names: Sequence[str], assign: Assign
) -> Iterator[CaseRecord] | None:
    """Assign the items of the lists in a page of an API; None if it has none of these lists."""
    listed = [name for name in names if isinstance(value.get(name), list)]
    items = (each for name in listed for each in raw.each(name, value[name]))
    return assign_records(items, assign) if listed else None


def flatten_cases(
    cases: Iterable[CaseRecords],
    names: Names,
    read_names: Callable[[CaseRecords], Names],
    rows_of: Callable[[CaseRecords, Names], Iterator[FlatRow]],
) -> Iterator[FlatRow]:
    """Flatten cases one by one; the names of persons and groups come before the first case."""
    for case in cases:
        if case.key == DIRECTORY:
            names = read_names(case)
        else:
            yield from rows_of(case, names)


def json_flattener(
    tables: Sequence[FlatTable],
    flat_rows: Callable[[Iterable[CaseRecords]], Iterator[FlatRow]],
    assign: Assign,
) -> Callable[[Sequence[Path], Path], tuple[Path, ...]]:
    """Return a function that flattens JSON files, exported or pulled, into tables.

    It raises UnreadableTable.
    """

    def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
        records = assign_records(records_of(paths, endings=JSON_ENDINGS), assign)
        return write_tables(folder, tables, flat_rows(group_by_case(folder, records)))

    return flatten
