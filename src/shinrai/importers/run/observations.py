"""Read stored observations: of a case, of an import, or of a whole source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shinrai.importers.models import Observation
from shinrai.importers.rules.derive.step import StoredRow
from shinrai.importers.rules.observation.packed_rows import unpack
from shinrai.importers.rules.observation.quarter_hours import QuarterHours
from shinrai.importers.run.newest_rows import PackedRows, newest_rows
from shinrai.ledger.queries import batches, hidden_batches
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.statements import statement

AT_ONCE = 1 << 22  # bytes of moments that are counted together


def visible_rows(
    case_ids: Sequence[int], *, workspace_id: int, also_batch: int | None
) -> dict[int, list[StoredRow]]:
    """Return by case the newest observation of every row, from imports that count."""
    packed = observations_of(case_ids, workspace_id=workspace_id, also_batch=also_batch)
    return {case_id: newest_rows(of_case) for case_id, of_case in packed.items()}


def observations_of(
    case_ids: Sequence[int], *, workspace_id: int, also_batch: int | None
) -> dict[int, list[PackedRows]]:
    """Return by case the packed observations of imports that count, oldest first."""
    hidden = hidden_batches(workspace_id=workspace_id) - {also_batch}
    found: dict[int, list[PackedRows]] = defaultdict(list)
    if not case_ids:
        return found
    given = {
        "cases": list(case_ids),
        "first": min(case_ids),
        "last": max(case_ids),
        "hidden": sorted(hidden),
    }
    for row in fetch_rows(statement("importers", "said_of_cases"), given):
        found[row[0]].append(PackedRows(*row))
    return found


def observed_cases(*, batch_id: int) -> list[int]:
    """Return the ids of the cases an import observed."""
    return cases_observed_by(batch_ids=[batch_id])


def cases_observed_by(*, batch_ids: Sequence[int]) -> list[int]:
    """Return the ids of the cases several imports observed."""
    rows = Observation.objects.filter(batch_id__in=batch_ids).values_list("case_id", flat=True)
    return sorted(set(rows.distinct().iterator(chunk_size=20_000)))


def known_rows(
    *, batch_ids: Sequence[int], table: str
) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield the rows that imports observed in a table: row key, facts and case key."""
    found = Observation.objects.filter(batch_id__in=batch_ids, table=table)
    told = found.values_list("said", "case__source_key")
    for said, case_key in told.iterator(chunk_size=2_000):
        for row_key, _, facts in unpack(said):
            yield row_key, facts, case_key


def moments_by_table(*, batch_ids: Sequence[int]) -> dict[str, QuarterHours]:
    """Return by table the counts of all moments these imports observed, per quarter hour."""
    rows = Observation.objects.filter(batch_id__in=batch_ids).values_list("table", "moments")
    seen: dict[str, QuarterHours] = defaultdict(QuarterHours)
    waiting: dict[str, bytearray] = defaultdict(bytearray)
    for table, moments in rows.iterator(chunk_size=20_000):
        waiting[table] += moments
        if len(waiting[table]) >= AT_ONCE:
            seen[table].add_packed(bytes(waiting.pop(table)))
    for table, rest in waiting.items():
        seen[table].add_packed(bytes(rest))
    return {table: seen[table] for table in sorted(seen) if len(seen[table].quarters)}


def visible_batches(*, workspace_id: int, source: str, also_batch: int | None = None) -> list[int]:
    """Return the ids of a source's imports that count, oldest first."""
    hidden = hidden_batches(workspace_id=workspace_id) - {also_batch}
    found = (batch.id for batch in batches(workspace_id=workspace_id) if batch.source == source)
    return sorted(number for number in found if number not in hidden)
