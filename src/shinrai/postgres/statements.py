"""Long fixed statements: files of a package's `sql/`, named for the table they yield."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def statement(package: str, name: str) -> str:
    """Read a statement from a package's `sql/`, once."""
    return (PACKAGE / package / "sql" / f"{name}.sql").read_text("utf-8")
