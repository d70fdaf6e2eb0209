"""The kinds of investigation of a workspace: those the product brings, and its own."""

from shinrai.desk.models import InvestigationKind
from shinrai.desk.rules.case_facts import SHIPPED, CaseKind, stored_facts
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class UnknownKind(UserError, LookupError):
    """The workspace has no kind of investigation with this key."""


def kinds_of(*, workspace_id: int, also_retired: bool = False) -> tuple[CaseKind, ...]:
    """List the kinds in the order a form offers them: whatever fits none of the others last."""
    rows = InvestigationKind.objects.filter(workspace_id=workspace_id)
    newest = {row.key: row for row in rows.order_by("key", "-id").distinct("key")}
    shipped = {kind.key: kind for kind in SHIPPED}
    found = [
        CaseKind(key, row.name or shipped[key].name, stored_facts(row.facts), row.is_retired)
        for key, row in sorted(newest.items(), key=lambda one: (len(one[0]), one[0]))
    ]
    own = {kind.key: kind for kind in found}
    every = [own.pop(key, kind) for key, kind in shipped.items()]
    return tuple(
        kind
        for kind in (*every[:-1], *own.values(), every[-1])
        if also_retired or not kind.is_retired
    )


def kind_named(*, workspace_id: int, key: str, also_retired: bool = False) -> CaseKind:
    """Return a kind by its key. Raises: UnknownKind, whose text lists the keys."""
    found = kinds_of(workspace_id=workspace_id, also_retired=also_retired)
    for kind in found:
        if kind.key == key:
            return kind
    known = ", ".join(kind.key for kind in found)
    raise UnknownKind(
        Text("there is no kind of investigation {key!r}; there are {known}", key=key, known=known),
    )
