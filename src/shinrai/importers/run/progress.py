"""How far an import has come: its phase, and how much of how much is done in it."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Report no progress."""
