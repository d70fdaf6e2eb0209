"""Words in cells: what a state means (done, open, sent back …), and which verdict is named."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final

from shinrai.importers.sheet.role_words import compared

SHORT: Final = 4  # Latin letters; a shorter word counts only as the whole cell


def _known(file: str) -> list[tuple[str, str]]:
    path = resources.files("shinrai.importers.sheet") / file
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return [(compared(word), name) for name, words in found.items() for word in words.split()]


_VERDICTS: Final = _known("verdict_words.toml")
_STATES: Final = dict(_known("state_words.toml"))
_LONGEST_FIRST: Final = sorted(_STATES, key=len, reverse=True)


@lru_cache(maxsize=5_000)
def meaning_of(word: str) -> str | None:
    """Return what a word of a state column means; None if it is not known."""
    text = compared(word)
    if not text or text in _STATES:
        return _STATES.get(text)
    for known in _LONGEST_FIRST:
        if len(known) >= (SHORT if known.isascii() else 2) and text.startswith(known):
            return _STATES[known]
    return None


def state_of(cell: str, said: Mapping[str, str]) -> str | None:
    """Return what a cell of the state column means, by what a person said or else as known."""
    return said.get(cell.strip()) or meaning_of(cell)


@lru_cache(maxsize=5_000)
def verdict_of(cell: str) -> str:
    """Return the verdict a cell names; empty where it names none that is known."""
    text = compared(cell)
    for word, verdict in _VERDICTS:
        is_short = word.isascii() and len(word) < SHORT
        if text == word or (not is_short and word in text):
            return verdict
    return ""
