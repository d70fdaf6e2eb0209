"""Edits of templates: as they are compared, and as they lie sealed."""

from typing import Final

from shinrai.knowledge.rules.differences import Edit
from shinrai.privacy.operations import mark_of, read_words

SEPARATOR: Final = "\n\x1e\n"  # between the two sides of an edit, and \x1d between edits
BETWEEN: Final = "\n\x1d\n"


def change_mark(workspace_id: int, key: str, edit: Edit) -> str:
    """Return the keyed hash by which equal edits of an article are known again."""
    return mark_of("article edit", str(workspace_id), key, edit.mark).hex()


def opened_edits(words_id: int) -> tuple[Edit, ...]:
    """Return the edits of a use as they were typed; none if they were erased."""
    text = read_words([words_id]).get(words_id)
    if text is None:
        return ()
    return tuple(Edit(*one.split(SEPARATOR)) for one in text.split(BETWEEN))
