"""The state in a row of a log: from the first column whose word is known."""

from collections.abc import Sequence
from typing import Any

from shinrai.importers.rules.mapping.definition import StatePart
from shinrai.importers.rules.observation.cell_values import (
    CellReader,
    Cells,
    ReadCell,
    UnreadableRow,
)
from shinrai.units.text import Text

StateColumns = Sequence[tuple[StatePart, ReadCell, str]]


def state_columns(part: StatePart | None, reader: CellReader) -> StateColumns:
    """Compile the columns that may hold the state, in the order they are tried."""
    columns: list[tuple[StatePart, ReadCell, str]] = []
    while part is not None:
        columns.append((part, reader.value(part.value), reader.name(part.value)))
        part = part.otherwise
    return columns


def entered_state(cells: Cells, columns: StateColumns) -> dict[str, Any]:
    """Return the state a row enters: `state`, and `doubt` and `again` if they apply.

    Raises: UnreadableRow if no column's word is known, and the mapping does not allow that.
    """
    for meanings, take, _ in columns:
        word = take(cells)
        if word not in meanings.words:
            continue
        state, doubt = meanings.words[word]
        found: dict[str, Any] = {"state": state}
        if doubt:
            found["doubt"] = doubt
        if word in meanings.again:
            found["again"] = True
        return found
    if columns[-1][0].set_aside_unknown:
        said = [(meanings, take(cells), name) for meanings, take, name in columns]
        meanings, word, name = next((one for one in said[::-1] if one[1] is not None), said[0])
        raise UnreadableRow(
            name,
            (
                Text(
                    "nothing says what an empty cell means; add it to {path}",
                    path=meanings.value.path,
                )
                if word is None
                else Text(
                    "nothing says what the cell means; add it to {path}", path=meanings.value.path
                )
            ),
            word,
        )
    return {}
