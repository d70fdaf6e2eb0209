"""Jira as a source: how it is pulled, and how its records become tables."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from shinrai.importers.flatten.case_records import CaseRecord, CaseRecords, group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.flatten.values import DIRECTORY
from shinrai.importers.flatten.warehouse_load import documents_and_tables
from shinrai.importers.jira import warehouse
from shinrai.importers.jira.flatten import flat_rows, tables
from shinrai.importers.jira.names import JiraNames, names_of
from shinrai.importers.jira.pull import client, pull
from shinrai.importers.jira.records import IssueRecords
from shinrai.importers.sources import Source


def flatten(paths: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Flatten files or folders into tables: exported, pulled, or loaded into a warehouse.

    Raises: UnreadableTable.
    """
    names, cases = _directory_first(group_by_case(folder, _records(paths)))
    return write_tables(folder, tables(names), flat_rows(cases, names))


def _records(paths: Sequence[Path]) -> Iterator[CaseRecord]:
    documents, tables = documents_and_tables(paths)
    records = IssueRecords()
    yield from warehouse.table_records(records, tables)
    yield from records.records_of(documents)


def _directory_first(cases: Iterator[CaseRecords]) -> tuple[JiraNames, Iterator[CaseRecords]]:
    """Return the names, which are stored before all issues, and the issues."""
    head = next(cases, None)
    if head is not None and head.key == DIRECTORY:
        return names_of(head), cases
    return JiraNames(), cases if head is None else chain([head], cases)


def jira(jql: str | None = None) -> Source:
    """Return the source, for all issues or for those a JQL query finds."""
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
