"""A value for numbers that cannot be known."""

from shinrai.units.text import Text


class Unknown(Text):
    """Stands in place of a number that cannot be known, with the reason; it is never 0 or 100 %."""

    @property
    def reason(self) -> str:
        """Return the reason in English."""
        return str(self)

    @property
    def ja(self) -> str:
        """Return the reason in Japanese."""
        return self["ja"]
