"""Index the titles of cases, so that a search finds them however many there are."""

from itertools import groupby
from operator import attrgetter

from django.db import transaction

from shinrai.desk.queries.titles import OPENINGS, first_line, title_words
from shinrai.ledger.facts import changed_cases
from shinrai.ledger.queries import steps_of
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.privacy.operations import index_titles, indexed_upto, note_indexed, read_words
from shinrai.privacy.rules.masking import mask

TOGETHER = 2_000  # cases


def index_changed_titles() -> int:
    """Index the titles of the cases that changed since the last time; return how many there were.

    The cost follows what changed. A title is indexed masked and cut; names that the workspace masks
    are left to the search, which compares titles as they are shown, since they change.
    """
    with transaction.atomic():
        upto = oldest_running_transaction()
        changed = list(changed_cases(since=indexed_upto(), upto=upto))
    count = 0
    for workspace_id, cases in groupby(changed, attrgetter("workspace_id")):
        ids = [case.id for case in cases]
        for start in range(0, len(ids), TOGETHER):
            some = ids[start : start + TOGETHER]
            lies = title_words(steps_of(some, workspace_id=workspace_id, kinds=OPENINGS))
            words = read_words(lies.values())
            titles = {
                words_id: (case_id, first_line(mask(words[words_id])))
                for case_id, words_id in lies.items()
                if words_id in words
            }
            index_titles(workspace_id=workspace_id, titles=titles)
            count += len(titles)
    # Last: after a run that was cut off, the next one does all of it again.
    note_indexed(upto=upto)
    return count
