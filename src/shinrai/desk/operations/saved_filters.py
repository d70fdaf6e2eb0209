"""Filters of the queue that a member keeps under a name of their own."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from shinrai.desk.models import SavedFilter
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# What is kept of an address: search words, which may be a customer's, are not.
KEPT = ("view", "record", "state", "person", "priority", "service", "topic", "sort")
LONGEST_NAME, LONGEST_QUERY, MOST = 40, 500, 20


class BadFilter(UserError, ValueError):
    """The filter cannot be kept like this."""


@dataclass(frozen=True)
class NamedFilter:
    """A filter kept by a member: its name, and the query string it stands for."""

    id: int
    name: str
    query: str


def saved_filters(*, member_id: int) -> tuple[NamedFilter, ...]:
    """Return the filters a member keeps, by name."""
    rows = SavedFilter.objects.filter(member_id=member_id).order_by("name")
    return tuple(NamedFilter(*row) for row in rows.values_list("id", "name", "query"))


def save_filter(*, member_id: int, name: str, query: str, at: datetime) -> None:
    """Keep a filter under a name; one of the same name is replaced.

    Raises: BadFilter.
    """
    name = " ".join(name.replace("\0", "").split())
    asked = dict(parse_qsl(query.replace("\0", "")))
    kept = urlencode({one: asked[one] for one in KEPT if asked.get(one)})
    if not name or len(name) > LONGEST_NAME:
        raise BadFilter(
            Text("a filter needs a name of at most {most} characters", most=LONGEST_NAME)
        )
    if not kept or len(kept) > LONGEST_QUERY:
        raise BadFilter(Text("nothing is filtered yet: choose a filter first, then keep it"))
    with transaction.atomic():
        rows = SavedFilter.objects.filter(member_id=member_id)
        if rows.exclude(name=name).count() >= MOST:
            raise BadFilter(Text("{most} filters are kept already; delete one first", most=MOST))
        rows.update_or_create(
            member_id=member_id, name=name, defaults={"query": kept, "made_at": at}
        )


def delete_filter(*, member_id: int, filter_id: int) -> None:
    """Delete a filter that this member keeps; another's is left alone."""
    SavedFilter.objects.filter(member_id=member_id, pk=filter_id).delete()
