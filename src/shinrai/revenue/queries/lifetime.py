"""How often customers without a contract buy, and how many of them still do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.revenue.queries.payments import purchase_days
from shinrai.statistics.buy_till_you_die import BuyingModel, buying_model
from shinrai.units.unknown import Unknown

WEEK: Final = 7


@dataclass(frozen=True)
class Lifetime:
    """The model of all payers in weeks, how many still buy, and what they buy in a year to come."""

    model: BuyingModel
    customers: int
    came_back: int
    alive: float
    purchases_next_year: float


def lifetime(*, workspace: WorkspaceRecord, until: datetime) -> Lifetime | Unknown:
    """Return what payments up to a moment tell; several on one day are one purchase."""
    rows = purchase_days(workspace_id=workspace.id, zone=workspace.zone, until=until)
    if not rows:
        return Unknown("no payments are recorded")
    today = until.astimezone(ZoneInfo(workspace.zone)).date()
    frequency = np.array([count - 1 for _first, _last, count in rows])
    recency = np.array([(last - first).days for first, last, _count in rows]) / WEEK
    age = np.array([(today - first).days for first, _last, _count in rows]) / WEEK
    model = buying_model(frequency, recency, age)
    if isinstance(model, Unknown):
        return model
    return Lifetime(
        model=model,
        customers=len(rows),
        came_back=int(np.count_nonzero(frequency)),
        alive=float(model.is_alive(frequency, recency, age).sum()),
        purchases_next_year=float(model.purchases(52, frequency, recency, age).sum()),
    )


def lifetime_document(found: Lifetime | Unknown) -> dict[str, Any]:
    """Return a lifetime for programs, with the method and what it assumes."""
    if isinstance(found, Unknown):
        return {"unknown": found.reason}
    model = found.model
    return {
        "method": "BG/NBD, greatest likelihood, in weeks",
        "assumes": "customers buy at random at their own steady rate until they leave for good",
        "customers": found.customers,
        "came_back": found.came_back,
        "r": model.r,
        "alpha": model.alpha,
        "a": model.a,
        "b": model.b,
        "log_likelihood": model.log_likelihood,
        "still_buying": found.alive,
        "purchases_next_year": found.purchases_next_year,
    }
