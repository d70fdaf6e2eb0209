"""Long SQL statements, kept in files of a package's folder `sql/`."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def statement(package: str, name: str) -> str:
    """Return the SQL in a file of a package's folder `sql/`, which is read only once."""
    return (PACKAGE / package / "sql" / f"{name}.sql").read_text("utf-8")
