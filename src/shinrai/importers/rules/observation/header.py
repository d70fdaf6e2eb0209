"""The header of a file: which columns there are, and their indexes."""

from collections.abc import Sequence

from shinrai.importers.rules.cells import did_you_mean, tidy
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.units.text import Text, verbatim


class TableHeader:
    """The names of the columns; several columns may have the same name."""

    def __init__(self, names: Sequence[str], where: str) -> None:
        self.names = [str(name) for name in names]
        self.where = where
        self._places: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            self._places.setdefault(tidy(name), []).append(place)

    def has(self, columns: Sequence[str]) -> bool:
        """Return whether one of these columns is there."""
        return any(tidy(column) in self._places for column in columns)

    def places(self, columns: Sequence[str]) -> tuple[str, list[int]] | None:
        """Return the first of these columns that is there, with all its indexes, or None."""
        for column in columns:
            if places := self._places.get(tidy(column)):
                return column, places
        return None

    def missing(self, columns: Sequence[str], path: str) -> BadMapping:
        """Return the error for a missing column, with the existing ones and the most similar."""
        if not columns:
            return BadMapping(
                Text(
                    "{path}: name the column it stands in; there is no fixed value for this",
                    path=path,
                ),
            )
        wanted = verbatim(f"{columns[0]!r}")
        for column in columns[1:]:
            wanted = Text("{wanted} or {column!r}", wanted=wanted, column=column)
        shown = [name for name in dict.fromkeys(self.names) if name.strip()]
        return BadMapping(
            Text(
                "{where}: no column {wanted} (wanted by {path}){hint}",
                where=self.where,
                wanted=wanted,
                path=path,
                hint=did_you_mean(columns[0], shown),
            )
        )
