"""Index the words of cases, so that a search finds them however many there are."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from shinrai.desk.queries.titles import first_line_of, indexed_text, title_words
from shinrai.ledger.facts import changed_cases
from shinrai.ledger.queries import steps_of
from shinrai.ledger.rules.steps import Step
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.privacy.operations import read_words
from shinrai.search.operations import IndexedText, index_texts, note_indexed, note_reached
from shinrai.search.queries import indexed_so_far, unindexed

TOGETHER = 1_000  # cases


def index_changed_words() -> int:
    """Index the words of the cases that changed since the last time; return how many texts.

    The cost follows what is new. A text is indexed as it is shown, so that a search cannot ask for
    what a reader may not see. A run that is cut off is taken up where it was.
    """
    so_far = indexed_so_far()
    with transaction.atomic():
        toward = so_far.toward or oldest_running_transaction()
        changed = [
            (case.workspace_id, case.id)
            for case in changed_cases(since=so_far.upto, upto=toward)
            if (case.workspace_id, case.id) > so_far.reached
        ]
    count = 0
    for start in range(0, len(changed), TOGETHER):
        some = changed[start : start + TOGETHER]
        with transaction.atomic():
            for there in dict.fromkeys(workspace_id for workspace_id, _ in some):
                ids = [case_id for workspace_id, case_id in some if workspace_id == there]
                texts = _texts(steps_of(ids, workspace_id=there))
                index_texts(workspace_id=there, texts=texts)
                count += len(texts)
            note_reached(toward=toward, reached=some[-1])
    note_indexed(upto=toward)
    return count


def _texts(cases: Mapping[int, Sequence[Step]]) -> Sequence[IndexedText]:
    """Return the texts of some cases that the index does not have, with their titles."""
    lies = {
        step.words_id: (case_id, step.at)
        for case_id, steps in cases.items()
        for step in steps
        if step.words_id is not None
    }
    titles = set(title_words(cases).values())
    texts = _shown(unindexed(lies))
    return [
        IndexedText(at, *lies[at], text, first_line_of(text) if at in titles else "")
        for at, text in texts.items()
    ]


def _shown(words_ids: Iterable[int]) -> dict[int, str]:
    return {at: indexed_text(words) for at, words in read_words(words_ids).items()}
