"""Import a file of payments or contracts: imported twice, everything counts once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.revenue.operations.statements import (
    Recorded,
    Statement,
    record_contracts,
    record_payments,
)
from shinrai.revenue.operations.tables import header_of, rows_of
from shinrai.revenue.rules.columns import (
    RevenueMapping,
    UnusableMapping,
    completed,
    read_mapping,
)
from shinrai.revenue.rules.rows import ContractSaid, PaymentLine, PaymentSaid, RowReader
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader
from shinrai.usage.operations.events import set_aside

AT_ONCE: Final = 5_000
MOST_ASIDE: Final = 1_000  # of one file; the rest is counted alone
LARGEST_MAPPING: Final = 256 * 1024


@dataclass(frozen=True)
class RevenueImport:
    """A file to import: into which workspace, what its columns mean, when and by whom."""

    workspace: WorkspaceRecord
    path: Path
    mapping: RevenueMapping
    at: datetime
    by: str


@dataclass
class ImportedFile:
    """What became of a file: every row is counted once, in `rows` and in one of the others.

    `recorded` counts payments or contracts, which may have several rows.
    """

    path: Path
    record: str
    rows: int = 0
    recorded: Recorded = field(default_factory=Recorded)
    aside_count: int = 0
    aside: list[tuple[int, Text]] = field(default_factory=list)


def mapping_in(path: Path | None) -> RevenueMapping:
    """Return the mapping in a file; without one, what columns mean is guessed.

    Raises: UnusableMapping.
    """
    if path is None:
        return RevenueMapping()
    try:
        text = path.read_text("utf-8")[:LARGEST_MAPPING]
        document: Any = yaml.load(text, Loader=BoundedLoader)  # a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UnusableMapping(
            Text("{path}: this is no YAML that can be read", path=path)
        ) from error
    return read_mapping(document)


def import_revenue(request: RevenueImport) -> ImportedFile:
    """Record a file's payments or contracts; rows that cannot count are set aside.

    Raises: UnusableMapping, UnreadableRevenueFile.
    """
    asked = request.mapping
    how: dict[str, Any] = {"delimiter": asked.delimiter, "has_header": asked.header}
    mapping = completed(asked, header_of(request.path, **how))
    today = request.at.astimezone(ZoneInfo(request.workspace.zone)).date()
    reader = RowReader(mapping, mapping.zone or request.workspace.zone, today)
    found = ImportedFile(request.path, mapping.record)
    there = Statement(request.workspace.id, mapping.source, request.at, request.at, request.by)
    is_contracts = mapping.record == "contracts"
    rows = _read(request, reader, found, how)
    if is_contracts:  # a contract's rows are its terms: all are needed at once
        said = [one for one in rows if isinstance(one, ContractSaid)]
        found.recorded = record_contracts(said=said, of=there, is_whole=True)
    else:
        lines = (one for one in rows if isinstance(one, PaymentLine))
        payments = _payments(lines, add_up=bool(mapping.add_up))
        while some := list(islice(payments, AT_ONCE)):
            found.recorded.add(record_payments(said=some, of=there))
    if found.aside:
        set_aside(
            workspace_id=request.workspace.id,
            origin=f"revenue: {request.path.name}"[:80],
            bad=[(str(line), why, b"") for line, why in found.aside],
            at=request.at,
        )
    return found


def _read(
    request: RevenueImport, reader: RowReader, found: ImportedFile, how: dict[str, Any]
) -> Iterator[PaymentLine | ContractSaid]:
    read = reader.contract if found.record == "contracts" else reader.line
    for number, row in rows_of(request.path, columns=reader.mapping.columns_read, **how):
        found.rows += 1
        try:
            one = read(row)
            if isinstance(one, PaymentLine):
                one.payment()  # an amount that its currency cannot have is this row's fault
        except UserError as error:
            found.aside_count += 1
            if len(found.aside) < MOST_ASIDE:
                found.aside.append((number, error.text))
        else:
            yield one


def _payments(lines: Iterator[PaymentLine], *, add_up: bool) -> Iterator[PaymentSaid]:
    """Yield payments, each of one line, or of all the lines that have its id."""
    if not add_up:
        yield from (line.payment() for line in lines)
        return
    sums: dict[tuple[str, str], Decimal] = {}
    firsts: dict[tuple[str, str], PaymentLine] = {}
    for line in lines:
        if not line.id:
            yield line.payment()
            continue
        key = (line.id, line.currency)
        sums[key] = sums.get(key, Decimal()) + line.amount
        before = firsts.setdefault(key, line)
        if line.at < before.at or (line.customer and not before.customer):
            firsts[key] = replace(
                before, at=min(before.at, line.at), customer=before.customer or line.customer
            )
    for key, line in firsts.items():
        yield line.payment(sums[key])
