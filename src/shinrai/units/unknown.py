"""We cannot know, and why."""

from shinrai.units.text import Text


class Unknown(Text):
    """Stand where a number would, saying why; it is never 0, 100 % or p = 1."""

    @property
    def reason(self) -> str:
        """Say in English why."""
        return str(self)

    @property
    def ja(self) -> str:
        """Say in Japanese why."""
        return self["ja"]
