"""Read the rows of a declaration from a file: CSV with a header, or a JSON list."""

import csv
import json
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_BYTES: Final = 20 << 20
ENCODINGS: Final = ("utf-8-sig", "cp932")  # as Excel saves CSV on a Japanese Windows


class UnreadableDeclaration(UserError, ValueError):
    """A file of activities or pins that cannot be read."""


def rows_in(content: bytes, name: str) -> list[dict[str, Any]]:
    """Return the rows of a CSV file with a header, or of a JSON list.

    Raises: UnreadableDeclaration, which names the file.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableDeclaration(Text("{path} is too large", path=name))
    try:
        text = _decoded(content)
        if "\0" in text:
            raise ValueError("NUL")
        if text.lstrip().startswith("["):
            rows: list[dict[str, Any]] = json.loads(text)
        else:
            rows = [
                {key: value for key, value in row.items() if value not in ("", None)}
                for row in csv.DictReader(text.splitlines())
            ]
    except (ValueError, csv.Error, RecursionError) as error:
        raise UnreadableDeclaration(
            Text("{path} is neither CSV in UTF-8 nor a JSON list: {why}", path=name,
                 why=str(error)[:200])
        ) from error  # fmt: skip
    if not all(isinstance(row, dict) and all(isinstance(key, str) for key in row) for row in rows):
        raise UnreadableDeclaration(
            Text("{path}: each row needs a value for each column, and no more", path=name)
        )
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1])
