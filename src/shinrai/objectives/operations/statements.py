"""The long fixed statements of this room, each in a file named for the table it yields."""

from shinrai.postgres import statements


def statement(name: str) -> str:
    """Read a statement from `sql/`, once."""
    return statements.statement("objectives", name)
