"""Names as numbers, in the order in which they turn up: columns of names are columns of numbers."""

from collections.abc import Iterable, Iterator


class Names:
    """Gives each name a number, and back."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        """Count the names there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        """Walk the names in the order of their numbers."""
        return iter(self._names)

    def __getitem__(self, number: int) -> str:
        """Give the name of a number."""
        return self._names[number]

    def number(self, name: str) -> int:
        """Give a name's number; one not met before gets a new one."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self._names)
            self._names.append(name)
        return found

    def numbers(self, names: Iterable[str]) -> list[int]:
        """Give the number of each name."""
        return [self.number(name) for name in names]

    def known(self, name: str) -> int | None:
        """Give a name's number if it was met before."""
        return self._numbers.get(name)
