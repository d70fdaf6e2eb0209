"""What was searched for in vain: equal searches together, the most frequent first."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.knowledge.models import EmptySearch
from shinrai.search.rules import folded


@dataclass(frozen=True)
class SearchedInVain:
    """Words that found no article, how often, and when last; as they were last written."""

    searched: str
    times: int
    last_at: datetime


def searches_in_vain(*, workspace_id: int) -> tuple[SearchedInVain, ...]:
    """List the searches of 90 days that found nothing."""
    found: dict[str, SearchedInVain] = {}
    rows = EmptySearch.objects.filter(workspace_id=workspace_id).order_by("id")
    for searched, at in rows.values_list("searched", "at"):
        key = " ".join(folded(searched).split())
        before = found.get(key)
        found[key] = SearchedInVain(searched, before.times + 1 if before else 1, at)
    return tuple(sorted(found.values(), key=lambda one: (-one.times, one.searched)))
