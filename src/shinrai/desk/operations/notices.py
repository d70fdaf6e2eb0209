"""Tell people of a step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shinrai.ledger.queries import CaseHead


def tell_of_step(
    *, head: CaseHead, kind: str, detail: Mapping[str, Any], by: str, at: datetime
) -> None:
    """Put what is to be told of a step into the outbox."""
