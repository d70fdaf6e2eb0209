"""The title of a case: the first words that were written in it, masked."""

from collections.abc import Iterable, Mapping, Sequence

from shinrai.desk.rules.html_text import plain_text
from shinrai.ledger.queries import steps_of
from shinrai.ledger.rules.steps import Step
from shinrai.privacy.operations import read_masked, read_words
from shinrai.privacy.rules.masking import folded

OPENINGS = ("filed", "received")
LONGEST = 60


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


def cases_saying(words: Sequence[str], *, among: Iterable[int], workspace_id: int) -> set[int]:
    """Return the cases in whose title, as it is shown, all these words (folded) stand.

    Only texts that hold the words at all are masked, which is slow, and compared again.
    """
    lies = title_words(steps_of(among, workspace_id=workspace_id, kinds=OPENINGS))
    texts = read_words(lies.values())
    holding = {at for at, text in texts.items() if _says(text, words)}
    shown = {at: first_line(text) for at, text in read_masked(holding).items()}
    return {case_id for case_id, at in lies.items() if _says(shown.get(at, ""), words)}


def _says(text: str, words: Sequence[str]) -> bool:
    return all(word in folded(text) for word in words)


def masked(words_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the masked texts by their ids; erased texts are left out."""
    return read_masked(words_id for words_id in words_ids if words_id is not None)


def first_line(words: str) -> str:
    """Return the first line of a text, which is masked before, cut to `LONGEST` characters."""
    lines = plain_text(words).splitlines()
    line = next((line.strip() for line in lines if line.strip()), "")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
