"""An answer as a file: CSV, a workbook (XLSX), JSON or Parquet."""

import csv
import json
from collections.abc import Mapping
from io import BytesIO, StringIO
from typing import Any, Final

from shinrai.console.lists import BOM, TYPES
from shinrai.console.spreadsheet import csv_cell, workbook
from shinrai.explore.queries.runs import answer_document
from shinrai.explore.rules.answer import SqlAnswer

MEDIA: Final[Mapping[str, str]] = {**TYPES, "parquet": "application/vnd.apache.parquet"}


def answer_file(answer: SqlAnswer, form: str, *, zone: str) -> bytes:
    """Return an answer as a file of one of the forms in `MEDIA`."""
    names = [column.name for column in answer.columns]
    if form == "xlsx":
        return b"".join(workbook(names, iter([answer.rows]), zone=zone))
    if form == "json":
        return json.dumps(answer_document(answer), ensure_ascii=False, indent=2).encode()
    if form == "parquet":
        return _parquet(answer)
    text = StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(map(csv_cell, names))
    writer.writerows([csv_cell(value) for value in row] for row in answer.rows)
    return text.getvalue().encode()


def _parquet(answer: SqlAnswer) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: list[Any] = []
    for index, column in enumerate(answer.columns):
        values = [row[index] for row in answer.rows]
        if column.kind == "number" and any(isinstance(value, float) for value in values):
            values = [None if value is None else float(value) for value in values]
        elif column.kind in ("text", "other") or len({type(v) for v in values} - {type(None)}) > 1:
            values = [None if value is None else str(value) for value in values]
        columns.append(pa.array(values))
    names = [f"{column.name}" for column in answer.columns]
    written = BytesIO()
    pq.write_table(pa.table(columns, names=names), written)
    return written.getvalue()
