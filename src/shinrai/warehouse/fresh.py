"""How fresh a published table is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fresh:
    """How fresh a table is: `app` published it up to the mark `upto`, from data read at `at`."""

    at: datetime
    app: str
    upto: int
