"""A loan, apart from the library: hypothesis holds on to the modules of what it draws, and DuckDB
complains at the end of the run if it is held.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Loan:
    """A loan as of one revision."""

    branch_id: int
    loan_id: int
    state: str = "lent"
    due_us: int | None = None
    lent_on: date | None = date(2026, 6, 1)
    is_renewed: bool = False
    revision: int = 1
    gone: bool = False
