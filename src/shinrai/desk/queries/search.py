"""Search over all cases, open and closed: by key, and by what their titles hold."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.places import case_names
from shinrai.desk.queries.rows import BoardRow, rows_then, titled
from shinrai.desk.queries.titles import cases_saying
from shinrai.ledger.queries import cases_with_key, newest_cases
from shinrai.privacy.operations import cases_titled, indexed_upto
from shinrai.privacy.rules.masking import folded
from shinrai.units.text import Text

MOST = 100  # cases of one answer; who finds more is asked for another word
NEWEST = 300  # cases that may not be indexed yet


@dataclass(frozen=True)
class FoundCase:
    """A case that a search found, open or closed."""

    row: BoardRow

    @property
    def phase(self) -> str:
        """Return what it is now."""
        return self.row.stands.phase

    @property
    def topic(self) -> Text | None:
        """Return the name of its topic."""
        return self.row.topic_name

    @property
    def is_open(self) -> bool:
        """Tell whether it still is to be answered."""
        return self.row.stands.is_open


@dataclass(frozen=True)
class CaseSearch:
    """The cases found, the newest first, and whether there are more than are shown.

    `is_indexed`: the titles of all cases are searched, not those of the newest alone.
    """

    cases: tuple[FoundCase, ...]
    has_more: bool
    is_indexed: bool


def search_cases(
    *, workspace_id: int, search: str, at: datetime, has_names: bool = True
) -> CaseSearch:
    """Return the cases whose key or title holds every word of a search.

    A title is searched as it is shown: masked, and not at all once its words were erased. An index
    names the cases whose title may hold the words; of the newest cases, which may not be indexed
    yet, all titles are looked at. Titles are encrypted per person, so few are decrypted.
    """
    words = folded(search).split()
    if not words:
        return CaseSearch((), has_more=False, is_indexed=True)
    by_key = cases_with_key(workspace_id=workspace_id, part=search, most=MOST + 1)
    maybe = cases_titled(workspace_id=workspace_id, search=search, most=MOST + 1)
    newest = newest_cases(workspace_id=workspace_id, most=NEWEST)
    ids = {*by_key, *cases_saying(words, among={*maybe, *newest}, workspace_id=workspace_id)}
    shown = sorted(ids, reverse=True)[:MOST]
    names = case_names(workspace_id=workspace_id, has_names=has_names)
    rows = rows_then(shown, workspace_id=workspace_id, at=at, names=names)
    return CaseSearch(
        cases=tuple(FoundCase(row) for row in titled(rows)),
        has_more=len(ids) > MOST or len(maybe) > MOST,
        is_indexed=indexed_upto() > 0,
    )
