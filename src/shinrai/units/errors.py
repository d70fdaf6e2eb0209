"""Errors people meet, whose text is made to be read, and errors of those who write code."""

from typing import Any

from shinrai.units.text import Text


class UserError(Exception):
    """An error that people meet: `text` says what is the case, where, and what to do next.

    `str()` is English; an entry point translates `text` for whoever asked.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross a process boundary whole, however the class is made."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[UserError], args: tuple[Any, ...], state: dict[str, Any]) -> UserError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Misuse(Exception):
    """An error only those who write code can cause; nothing that is typed or uploaded does."""
