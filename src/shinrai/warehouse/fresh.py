"""How fresh a published table is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fresh:
    """Say how fresh a table is: published by `app` up to `upto`, from books read at `at`."""

    at: datetime
    app: str
    upto: int
