"""Search over all cases, open and closed: by key, and by what their titles hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.rows import BoardRow, folded, open_cases, open_row, titled
from shinrai.desk.queries.titles import OPENINGS, first_line
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import (
    CaseHead,
    case_heads,
    cases_with_key,
    opening_words,
    steps_of,
)
from shinrai.ledger.rules.steps import Step, standing
from shinrai.privacy.operations import read_words
from shinrai.units.text import Text

MOST = 200  # cases of one answer; who finds more is asked for another word
TITLES = 4_000  # decrypted for one answer: what fits the time of a page
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

    `searched` titles were looked at; `before` is the case to go on from, if there are older ones.
    """

    cases: tuple[FoundCase, ...]
    has_more: bool
    searched: int
    before: int | None


def search_cases(
    *,
    workspace_id: int,
    search: str,
    at: datetime,
    has_names: bool,
    before: int | None = None,
) -> CaseSearch:
    """Return the cases whose key or title holds every word of a search.

    Keys are searched at once, however many there are. Titles are encrypted per person, so those of
    the newest cases are decrypted and looked through, or of those older than the case `before`. A
    title is searched as it is shown: masked, and not at all once it was erased.
    """
    words = folded(search).split()
    if not words:
        return CaseSearch((), has_more=False, searched=0, before=None)
    opened = opening_words(
        workspace_id=workspace_id, kinds=OPENINGS, before=before, most=TITLES + 1
    )
    ids = _titled(dict(opened[:TITLES]), words)
    if before is None:
        ids |= set(cases_with_key(workspace_id=workspace_id, part=search, most=MOST + 1))
    shown = sorted(ids, reverse=True)[:MOST]
    heads, steps = case_heads(shown), steps_of(shown, workspace_id=workspace_id)
    known = open_cases(shown, workspace_id=workspace_id, at=at, found=steps, has_names=has_names)
    rows = [open_row(heads[one], steps[one], known, at) for one in shown if one in steps]
    return CaseSearch(
        cases=tuple(
            FoundCase(row, _phase(heads[row.case_id], steps[row.case_id], at))
            for row in titled(rows, workspace_id=workspace_id)
        ),
        has_more=len(ids) > MOST,
        searched=min(len(opened), TITLES),
        before=opened[TITLES - 1][0] if len(opened) > TITLES else None,
    )


def _titled(opened: Mapping[int, int], words: Sequence[str]) -> set[int]:
    """Return the cases in whose title all words stand; `opened` has the text of each, by number.

    Few texts hold the words at all: only those are masked, which is slow, and compared again.
    """
    texts = read_words(opened.values())
    said = {case_id: texts[at] for case_id, at in opened.items() if at in texts}
    return {
        case_id
        for case_id, text in said.items()
        if all(word in folded(text) for word in words)
        and all(word in folded(first_line(text)) for word in words)
    }


def _phase(head: CaseHead, steps: Sequence[Step], at: datetime) -> str:
    stands = standing(steps, until=at)
    if head.record == "investigation":
        return replay_investigation(stands).phase
    return replay_inquiry(stands).phase
