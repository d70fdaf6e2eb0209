"""Search over all cases, open and closed: by key, and by what their titles hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.rows import BoardRow, open_rows, titled
from shinrai.desk.queries.titles import OPENINGS, first_line, title_words
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import (
    case_heads,
    cases_with_key,
    newest_cases,
    standing_of,
    steps_of,
)
from shinrai.privacy.operations import cases_titled, indexed_upto, read_words
from shinrai.privacy.rules.masking import folded
from shinrai.units.text import Text

MOST = 100  # cases of one answer; who finds more is asked for another word
NEWEST = 300  # cases that may not be indexed yet
OVER = frozenset(("solved", "closed", "cancelled", "answered", "withdrawn"))


@dataclass(frozen=True)
class FoundCase:
    """A case that a search found; `phase` is what it is now."""

    row: BoardRow
    phase: str

    @property
    def topic(self) -> Text | None:
        """Return the name of its topic."""
        return self.row.topic_name

    @property
    def is_open(self) -> bool:
        """Tell whether it still is to be answered."""
        return self.phase not in OVER


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
    steps = steps_of({*maybe, *newest}, workspace_id=workspace_id, kinds=OPENINGS)
    ids = {*by_key, *_titled(title_words(steps), words)}
    shown = sorted(ids, reverse=True)[:MOST]
    rows = open_rows(shown, workspace_id=workspace_id, at=at, has_names=has_names)
    phases = _phases(shown, workspace_id, at)
    return CaseSearch(
        cases=tuple(
            FoundCase(row, phases.get(row.case_id, ""))
            for row in titled(rows, workspace_id=workspace_id)
        ),
        has_more=len(ids) > MOST or len(maybe) > MOST,
        is_indexed=indexed_upto() > 0,
    )


def _titled(lies: Mapping[int, int], words: Sequence[str]) -> set[int]:
    """Return the cases in whose title all words stand; `lies` has the text of each, by number.

    Only texts that hold the words at all are masked, which is slow, and compared again.
    """
    texts = read_words(lies.values())
    said = {case_id: texts[at] for case_id, at in lies.items() if at in texts}
    return {
        case_id
        for case_id, text in said.items()
        if all(word in folded(text) for word in words)
        and all(word in folded(first_line(text)) for word in words)
    }


def _phases(ids: Sequence[int], workspace_id: int, at: datetime) -> dict[int, str]:
    heads = case_heads(ids)
    stands = standing_of(ids, workspace_id=workspace_id, until=at)
    return {
        one: (
            replay_investigation(steps).phase
            if heads[one].record == "investigation"
            else replay_inquiry(steps).phase
        )
        for one, steps in stands.items()
    }
