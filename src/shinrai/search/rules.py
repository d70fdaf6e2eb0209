"""Fold texts as searches compare them, take their character pairs, and mark what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, normalize

_KATAKANA: Final = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_VOICED: Final = "ﾞﾟ"  # half-width marks that join the kana before them
BEFORE: Final = 24  # characters of an excerpt before what was found
LONGEST: Final = 120  # characters of an excerpt


@dataclass(frozen=True)
class ExcerptPart:
    """A part of an excerpt, found or beside it."""

    words: str
    is_found: bool = False


def folded(text: str) -> str:
    """Return a text as searches compare it.

    Full-width is half-width (kana the other way round), capitals are small, hiragana is katakana.
    """
    return normalize("NFKC", text).casefold().translate(_KATAKANA)


def pairs(text: str) -> set[str]:
    """Return the single characters and the pairs of each word of a text."""
    words = folded(text).split()
    return {word[n : n + size] for word in words for size in (1, 2) for n in range(len(word))}


def sought_pairs(search: str) -> set[str]:
    """Return the pairs that a text must have to hold the words; the character of a single one."""
    words = folded(search).split()
    return {word[n : n + 2] for word in words for n in range(max(1, len(word) - 1))}


def holds(text: str, words: Sequence[str]) -> bool:
    """Return whether all words (folded) stand in a folded text."""
    return all(_place(text, word) >= 0 for word in words)


def _place(text: str, word: str, start: int = 0) -> int:
    """Return where a word stands, -1 if nowhere.

    Japanese has no gaps between words. Words in Latin letters are found from their beginning:
    "art" stands in "article" and not in "start".
    """
    place = text.find(word, start)
    while place > 0 and _is_latin(word[0]) and _is_latin(text[place - 1]):
        place = text.find(word, place + 1)
    return place


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and sign < "\u0250"


def excerpt(text: str, words: Sequence[str]) -> tuple[ExcerptPart, ...]:
    """Return the text around the first of the words (folded), with each of them marked."""
    line = " ".join(text.split())
    read, starts = _read(line)
    found = sorted(
        (starts[at], starts[at + len(word)]) for word in words for at in _places(read, word) if read
    )
    begin = max(0, found[0][0] - BEFORE) if found else 0
    begin = 0 if len(line) <= LONGEST else begin
    end = min(len(line), begin + LONGEST)
    parts = [ExcerptPart("…")] if begin else []
    here = begin
    for start, until in found:
        start, until = max(start, here), min(until, end)
        if start < until:
            parts += [ExcerptPart(line[here:start]), ExcerptPart(line[start:until], is_found=True)]
            here = until
    parts.append(ExcerptPart(line[here:end] + ("…" if end < len(line) else "")))
    return tuple(part for part in parts if part.words)


def _places(text: str, word: str) -> list[int]:
    found, place = [], _place(text, word)
    while place >= 0:
        found.append(place)
        place = _place(text, word, place + len(word))
    return found


def _read(line: str) -> tuple[str, list[int]]:
    """Return the folded text, and where in the line each of its characters came from.

    Nothing where the characters cannot be told apart, such as Hangul written in its parts.
    """
    begins = [n for n, sign in enumerate(line) if not (combining(sign) or sign in _VOICED)]
    begins = sorted({0, *begins})
    read, starts = "", []
    for start, end in zip(begins, [*begins[1:], len(line)], strict=True):
        piece = folded(line[start:end])
        read += piece
        starts += [start] * len(piece)
    return (read, [*starts, len(line)]) if read == folded(line) else ("", [])
