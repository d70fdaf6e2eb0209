"""The long fixed SQL statements of this package, each in a file named for the table it fills."""

from shinrai.postgres import statements


def statement(name: str) -> str:
    """Return an SQL statement from `sql/`; each file is read once."""
    return statements.statement("objectives", name)
