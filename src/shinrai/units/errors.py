"""Errors shown to users, with a readable text, and errors of programmers."""

from typing import Any

from shinrai.units.text import Text


class UserError(Exception):
    """An error shown to users; `text` says what is wrong, where, and what to do next.

    `str()` is English; a command or page translates `text` for its user.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Support pickling, so that errors can be passed between processes."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[UserError], args: tuple[Any, ...], state: dict[str, Any]) -> UserError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Misuse(Exception):
    """An error that only wrong code can cause, never a user's input."""
