"""Lists as somebody takes them away: the CSV a spreadsheet opens, and the JSON a program reads."""

import csv
import json
from io import StringIO
from typing import Any

from django.test import Client


def csv_rows(client: Client, address: str) -> list[dict[str, str]]:
    """Read a list as Excel would: by its mark, its headings, and its quotes."""
    answer = client.get(_with_format(address, "csv"), headers={"accept-language": "en"})
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def json_rows(client: Client, address: str) -> list[dict[str, Any]]:
    """Read a list as a program would; it is whole."""
    answer = client.get(_with_format(address, "json"))
    assert answer.status_code == 200, address
    found = json.loads(b"".join(answer.streaming_content))
    assert found["count"] - found["left_out"] == len(found["rows"])
    return list(found["rows"])


def column(client: Client, address: str, key: str) -> list[Any]:
    """Read one column of a list, which CSV and JSON hold alike."""
    rows = json_rows(client, address)
    assert len(csv_rows(client, address)) == len(rows)
    return [row[key] for row in rows]


def _with_format(address: str, form: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}format={form}"
