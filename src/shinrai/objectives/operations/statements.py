"""The long fixed statements of this room, each in a file named for the table it yields."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "sql"


@cache
def statement(name: str) -> str:
    """Read a statement from `sql/`, once."""
    return (FOLDER / f"{name}.sql").read_text("utf-8")
