"""Long fixed statements: each lies in a room's `sql/`, in a file named for the table it yields."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def statement(room: str, name: str) -> str:
    """Read a statement from a room's `sql/`, once."""
    return (PACKAGE / room / "sql" / f"{name}.sql").read_text("utf-8")
