"""What others ask about persons."""

from collections.abc import Iterable

from shinrai.books.binary import fetch_rows
from shinrai.books.statements import statement
from shinrai.privacy.operations import mark_of


def known_customers(
    *, workspace_id: int, source: str, identifiers: Iterable[str]
) -> dict[str, int]:
    """Find the numbers of customers a source brought, by its own names for them."""
    names = {mark_of("person", source, name): name for name in identifiers}
    rows = fetch_rows(
        statement("customers", "persons_by_mark"),
        {"marks": list(names), "workspace": workspace_id, "source": source},
    )
    return {names[mark]: person_id for mark, person_id, _ in rows}
