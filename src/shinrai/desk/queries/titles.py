"""The title of a case: the first words that were written in it, masked."""

from collections.abc import Iterable, Mapping, Sequence

from shinrai.desk.rules.html_text import plain_text
from shinrai.ledger.rules.steps import Step
from shinrai.privacy.operations import read_masked
from shinrai.privacy.rules.masking import mask

OPENINGS = ("filed", "received")
LONGEST = 60
SEARCHED = 50_000  # characters of a text; what is longer is a log somebody pasted


def titles(steps: Mapping[int, Sequence[Step]]) -> dict[int, str]:
    """Return each case's title, by case id; a case whose words were erased has none."""
    lies = title_words(steps)
    words = read_masked(lies.values())
    return {case_id: first_line(words[at]) for case_id, at in lies.items() if at in words}


def title_words(steps: Mapping[int, Sequence[Step]]) -> dict[int, int]:
    """Return, by case id, the number of the text whose first line is its title."""
    return {
        case_id: step.words_id
        for case_id, found in steps.items()
        for step in found
        if step.kind in OPENINGS and step.words_id is not None
    }


def masked(words_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the masked texts by their ids; erased texts are left out."""
    return read_masked(words_id for words_id in words_ids if words_id is not None)


def indexed_text(words: str) -> str:
    """Return a text as it is indexed: masked, without HTML.

    Names that its workspace masks stay in, as they change; a search compares the text as shown.
    """
    return plain_text(mask(words[:SEARCHED]))


def shown_text(words: str) -> str:
    """Return a masked text as searches find it: without HTML."""
    return plain_text(words[:SEARCHED])


def first_line(words: str) -> str:
    """Return the first line of a text that is masked, cut to `LONGEST` characters."""
    return first_line_of(plain_text(words))


def first_line_of(text: str) -> str:
    """Return the first line of a text that is masked and without HTML, cut to `LONGEST`."""
    lines = text.splitlines()
    line = next((line.strip() for line in lines if line.strip()), "")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
