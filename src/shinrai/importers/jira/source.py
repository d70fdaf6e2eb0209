"""Jira as a source: how it is pulled, and how its records become tables."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from shinrai.importers.flatten import warehouse_load
from shinrai.importers.flatten.case_records import CaseRecord, CaseRecords, group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.flatten.json_files import files_in, records_in
from shinrai.importers.flatten.values import DIRECTORY
from shinrai.importers.jira import records, warehouse
from shinrai.importers.jira.flatten import flat_rows, tables
from shinrai.importers.jira.names import JiraNames, names_of
from shinrai.importers.jira.pull import client, pull
from shinrai.importers.jira.records import IssueRecords
from shinrai.importers.sources import Source

ENDINGS: Final = (*records.ENDINGS, *warehouse_load.ENDINGS)


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files into tables: exported, pulled, or loaded into a warehouse; also folders.

    Raises: BadTable.
    """
    names, cases = _directory_first(group_by_case(folder, _filed(paths)))
    return write_tables(folder, tables(names), flat_rows(cases, names))


def _filed(paths: Sequence[Path]) -> Iterator[CaseRecord]:
    found = files_in(paths, endings=ENDINGS) if paths else ()
    records = IssueRecords()
    yield from warehouse.filed_tables(
        records, (path for path in found if warehouse_load.is_table(path))
    )
    for path in found:
        if not warehouse_load.is_table(path):
            yield from records.filed(records_in(path))


def _directory_first(cases: Iterator[CaseRecords]) -> tuple[JiraNames, Iterator[CaseRecords]]:
    """Read the names, which come before all issues; answer them and what is left."""
    head = next(cases, None)
    if head is None:
        return JiraNames(), cases
    if head.key == DIRECTORY:
        return names_of(head), cases
    return JiraNames(), _with(head, cases)


def _with(head: CaseRecords, rest: Iterator[CaseRecords]) -> Iterator[CaseRecords]:
    yield head
    yield from rest


def jira(jql: str | None = None) -> Source:
    """Return the source, of all issues or of those that a query of Jira's own names."""
    return Source(
        "jira",
        flatten=flatten,
        pull=partial(pull, jql=jql),
        client=partial(client, jql=jql),
        reads_table=warehouse.knows,
        table="issue.csv",
        sheet="jira_csv",
    )


JIRA: Final = jira()
