"""Doubts found while reading steps; they are kept and shown."""

from typing import NamedTuple


class StepFlag(NamedTuple):
    """A doubt about a step: the step's number, a code for the kind of doubt, and a text to show."""

    sequence: int
    code: str
    text: str
