"""Japanese for children: what is written over kanji, from marked texts and from readings.

A marked text has the reading behind the kanji, as in books since Meiji: kanji, then the reading
between U+300A and U+300B. Source of the notation: Aozora Bunko, rules of annotation.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal

# furigana: kanji with kana above; kana: these instead of kanji; kanji: alone, for older children.
Script = Literal["furigana", "kana", "kanji"]
Piece = tuple[str, str]  # what is written, and what is read where it differs
KANJI: Final = r"[\u3005\u4e00-\u9fff]+"
MARKED: Final = re.compile(rf"({KANJI})\u300a([^\u300b]*)\u300b")
RUNS: Final = re.compile(rf"{KANJI}|[^\u3005\u4e00-\u9fff]+")
KATAKANA: Final = {sign: sign - 0x60 for sign in range(0x30A1, 0x30F7)}


def of_marked(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text in which readings are marked."""
    pieces: list[Piece] = []
    place = 0
    for found in MARKED.finditer(text):
        pieces += [(text[place : found.start()], ""), (found[1], found[2])]
        place = found.end()
    return tuple(piece for piece in (*pieces, (text[place:], "")) if piece[0])


def of_title(title: str, reading: str) -> tuple[Piece, ...]:
    """Return the pieces of a title by the reading of the whole; kana above kanji alone.

    Where the two do not fit together, the reading stands above the whole title.
    """
    if not title or not reading:
        return ((title, ""),)
    kana, whole = _kana(reading), ((title, reading),)
    runs = RUNS.findall(title)
    pieces: list[Piece] = []
    place = 0
    for run, after in zip(runs, [*runs[1:], None], strict=True):
        if not re.fullmatch(KANJI, run):
            end = place + len(_kana(run))
            if kana[place:end] != _kana(run):
                return whole
            pieces.append((run, ""))
        else:
            # Kanji are read by at least a kana each: no looking back, so it is done in one pass.
            end = len(kana) if after is None else kana.find(_kana(after), place + len(run))
            if end <= place:
                return whole
            pieces.append((run, kana[place:end]))
        place = end
    return tuple(pieces) if place == len(kana) else whole


def written(pieces: Iterable[Piece], script: Script) -> str:
    """Return pieces as plain text: in kana, or as they are written."""
    return "".join(read if read and script == "kana" else base for base, read in pieces)


def _kana(text: str) -> str:
    return "".join(text.split()).translate(KATAKANA)
