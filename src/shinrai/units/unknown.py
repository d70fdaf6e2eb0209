"""We cannot know, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unknown:
    """Stand where a number would, with the reason; it is never 0, 100 % or p = 1."""

    reason: str
    ja: str = ""  # the reason in Japanese, where it carries figures no catalogue can hold
