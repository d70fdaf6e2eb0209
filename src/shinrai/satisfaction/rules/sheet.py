"""Find the header of a sheet of answers, what stands above and below it, and its rows."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from shinrai.satisfaction.rules.columns import plain

HEAD: Final = 10  # rows among which the header is
IMPORT_ID: Final = '{"ImportId"'  # the third row of Qualtrics; the second has the words
PREVIEWS: Final = ("Survey Preview", "1")  # the status of its rows that somebody only tried
PARTS: Final = ("response", "open-ended response", "回答", "自由回答")  # second row of SurveyMonkey
IN_BRACKETS: Final = re.compile(r"\(([A-Za-z]+(?:/[A-Za-z_]+)*)\)")  # Submit Date (UTC)
Line = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class AnswerSheet:
    """Words and time zones of columns by their names, rows with their lines, what stands above."""

    labels: Mapping[str, str]
    rows: Sequence[Line]
    zones: Mapping[str, str]
    title: str = ""


def read_sheet(lines: Sequence[tuple[int, Sequence[str]]]) -> AnswerSheet:
    """Return the sheet that these rows make; a title above the header is passed over."""
    filled = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    counts = [sum(bool(cell.strip()) for cell in cells) for _line, cells in filled[:HEAD]]
    start = next((place for place, count in enumerate(counts) if count > 1), 0)
    below = filled[start + 1 :]
    given = [cell.strip() for cell in filled[start][1]]
    names = _names(given)
    used = {place for _line, cells in below for place, cell in enumerate(cells) if cell.strip()}
    kept = [place for place, name in enumerate(given) if name or place in used]

    def named(cells: Sequence[str]) -> dict[str, str]:
        return {names[place]: cells[place] for place in kept if place < len(cells)}

    labels = {names[place]: names[place] for place in kept}
    rows = [(line, named(cells)) for line, cells in below]
    zones = {name: zone for name in labels if (zone := _zone(name))}
    if len(rows) > 1 and any(cell.startswith(IMPORT_ID) for cell in rows[1][1].values()):
        labels |= {name: words for name, words in rows[0][1].items() if words}
        zones |= {name: zone for name, cell in rows[1][1].items() if (zone := _import_zone(cell))}
        rows = [(line, row) for line, row in rows[2:] if row.get("Status") not in PREVIEWS]
    elif len(rows) > 1 and _are_parts(rows[0][1]):
        for place in kept:
            part = rows[0][1].get(names[place], "").strip()
            whole = next((one for one in reversed(given[: place + 1]) if one), "")
            if part:
                labels[names[place]] = whole if plain(part) in PARTS else f"{whole} - {part}"
        rows = rows[1:]
    title = " ".join(cell for _line, cells in filled[:start] for cell in cells)
    return AnswerSheet(labels, rows, zones, title)


def _names(given: Sequence[str]) -> list[str]:
    """Return a name for each column: one that is missing, or there already, gets a number."""
    names: list[str] = []
    last = ""
    for name in given:
        last = name or last
        number = 1 + sum(one == last or one.startswith(f"{last} (") for one in names)
        names.append(last if number == 1 else f"{last} ({number})")
    return names


def _are_parts(row: Mapping[str, str]) -> bool:
    """Return whether a row below the header has the parts of its questions, and no answer."""
    said = [plain(cell) for cell in row.values()]
    return any(one in PARTS for one in said) and not any(one[:1].isdigit() for one in said)


def _zone(name: str) -> str:
    """Return the time zone that the name of a column says in brackets."""
    for found in IN_BRACKETS.findall(name):
        try:
            return ZoneInfo("UTC" if found == "GMT" else found).key
        except (ValueError, OSError, KeyError):  # no zone: (optional)
            continue
    return ""


def _import_zone(cell: str) -> str:
    """Return the time zone in which Qualtrics exported a column."""
    try:
        return _zone(f"({json.loads(cell).get('timeZone', '')})")
    except (ValueError, AttributeError):
        return ""
