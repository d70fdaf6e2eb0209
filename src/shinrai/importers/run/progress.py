"""Progress of an import: called with its phase, how much is done, and of how much."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Ignore the progress."""
