"""What spreadsheets take of lists: cells for CSV that compute nothing, and workbooks (XLSX).

A workbook is written row by row: numbers are numbers, moments are dates of one zone, and text is
text, whatever it begins with.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from tempfile import TemporaryFile
from typing import Any, Final
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from shinrai.units.unknown import Unknown

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection); a
# Japanese one also by their full-width forms.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT: Final = 32_767  # characters a cell of Excel takes
EXACT: Final = 10**15  # Excel keeps 15 digits; longer numbers are keys, and stay text
FIRST_YEAR: Final = 1901  # before, Excel has no dates it agrees on with others
WIDEST, NARROWEST = 60, 8  # columns, in characters
A_BLOCK: Final = 1 << 16
Rows = Sequence[Sequence[Any]]


def is_known(value: Any) -> bool:
    """Tell whether there is a value at all."""
    return value is not None and not isinstance(value, Unknown)


def plain_value(value: Any) -> Any:
    """Convert a value for a download: text, number, boolean, or None if it is unknown."""
    if not is_known(value):
        return None
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, Decimal | Fraction):
        return float(value)
    return str(value)


def csv_cell(value: Any) -> Any:
    """Convert a value for CSV; text that a spreadsheet would run as a formula starts with `'`."""
    plain = plain_value(value)
    if isinstance(plain, str) and plain.startswith(FORMULA):
        return f"'{plain}"
    return "" if plain is None else plain


def workbook(headings: Sequence[str], chunks: Iterator[Rows], *, zone: str) -> Iterator[bytes]:
    """Yield a workbook of one sheet in blocks, whose memory does not grow with its rows.

    Moments are written in the zone, which is named in the heading of their column.
    """
    # Loaded only where a workbook is asked for.
    import xlsxwriter  # type: ignore[import-untyped]

    first: Rows = next(chunks, ())
    clock = ZoneInfo(zone)
    with TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for number, heading in enumerate(headings):
            values = [row[number] for row in first]
            has_moments = any(isinstance(value, datetime) for value in values)
            told = f"{heading} ({zone})" if has_moments else heading
            sheet.set_column(number, number, _width([told, *values]))
            sheet.write_string(0, number, told, bold)
        for at, row in enumerate(chain(first, chain.from_iterable(chunks)), start=1):
            for number, value in enumerate(row):
                if isinstance(value, datetime) and value.year >= FIRST_YEAR:
                    local = value.astimezone(clock).replace(tzinfo=None)
                    sheet.write_datetime(at, number, local, moment)
                elif isinstance(value, date) and value.year >= FIRST_YEAR:
                    sheet.write_datetime(at, number, value, day)
                elif is_known(value):
                    _write(sheet, at, number, plain_value(value))
        book.close()
        file.seek(0)
        yield from iter(lambda: file.read(A_BLOCK), b"")


def _write(sheet: Any, row: int, column: int, value: bool | float | str) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < EXACT and not math.isnan(value):
        sheet.write_number(row, column, value)
    else:
        said = str(value).encode("utf-8", "replace").decode()[:LONGEST_TEXT]
        sheet.write_string(row, column, said)


def _width(values: Sequence[Any]) -> int:
    """Return how many characters wide a column is; those of East Asia take two places."""
    longest = 0
    for value in filter(is_known, values):
        text = "0000-00-00 00:00:00" if isinstance(value, datetime) else str(plain_value(value))
        line = text[:WIDEST]
        longest = max(longest, sum(1 + (east_asian_width(sign) in "WF") for sign in line))
    return min(max(longest + 2, NARROWEST), WIDEST)
