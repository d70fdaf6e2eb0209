"""Write the index: the character pairs of titles and texts, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.postgres.bulk import copy_in
from shinrai.search.models import IndexProgress
from shinrai.search.queries import marks
from shinrai.search.rules import pairs


@dataclass(frozen=True)
class IndexedText:
    """A text as readers see it, with the number of its encrypted words; `title` if it has one."""

    words_id: int
    case_id: int
    at: datetime
    text: str
    title: str = ""


def index_texts(*, workspace_id: int, texts: Sequence[IndexedText]) -> None:
    """Index texts that are not indexed yet, and their titles."""
    columns = ("words_id", "workspace_id", "case_id", "at", "pairs")
    said = {
        "search_textpairs": [(one, one.text) for one in texts],
        "search_titlepairs": [(one, one.title) for one in texts if one.title],
    }
    for table, some in said.items():
        copy_in(
            table,
            columns,
            (
                (one.words_id, workspace_id, one.case_id, one.at, marks(workspace_id, pairs(text)))
                for one, text in some
            ),
        )


def note_reached(*, toward: int, reached: tuple[int, int]) -> None:
    """Note the workspace and case that a run has come to."""
    workspace_id, case_id = reached
    given = {"toward": toward, "workspace_id": workspace_id, "case_id": case_id}
    IndexProgress.objects.update_or_create(pk=1, defaults=given)


def note_indexed(*, upto: int) -> None:
    """Note that a run is over: whatever transactions below `upto` changed is indexed."""
    given = {"upto": upto, "toward": None, "workspace_id": 0, "case_id": 0}
    IndexProgress.objects.update_or_create(pk=1, defaults=given)
