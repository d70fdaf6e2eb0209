"""What looked wrong while reading steps: kept, said aloud, averaged into nothing."""

from typing import NamedTuple


class StepFlag(NamedTuple):
    """A doubt about a step: which, of what sort, in words for the person who must look."""

    sequence: int
    code: str
    text: str
