"""Pages of a long list."""

from typing import NamedTuple

MOST_SHOWN = 50


class Page(NamedTuple):
    """One page of a long list: which one, of how many."""

    number: int
    pages: int

    @property
    def skip(self) -> int:
        """Count the rows before it."""
        return (self.number - 1) * MOST_SHOWN

    @property
    def before(self) -> int | None:
        """Number the page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """Number the page after, if there is one."""
        return self.number + 1 if self.number < self.pages else None


def page_of(asked: str, count: int) -> Page:
    """Find the page that was asked for; the nearest there is."""
    pages = max(-(-count // MOST_SHOWN), 1)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return Page(min(max(number, 1), pages), pages)
