"""Which published tables were filled anew, and what a restored database knows of tables it lacks.

Loads neither Delta nor DuckDB, so that a page can say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.warehouse.models import FactBasis, ReadMark, TableRepair


@dataclass(frozen=True)
class RepairRecord:
    """A published table that was filled anew, and why: it was damaged, or not there any more."""

    table: str
    at: datetime
    is_lost: bool


def repairs_since(at: datetime) -> Sequence[RepairRecord]:
    """Return the tables that were filled anew since a moment, the last one first."""
    rows = TableRepair.objects.filter(at__gte=at).order_by("-at", "-id")
    return [RepairRecord(*row) for row in rows.values_list("table", "at", "is_lost")]


def forget_published() -> None:
    """Forget what was published, in a database restored without its published tables."""
    ReadMark.objects.all().delete()
    FactBasis.objects.all().delete()
