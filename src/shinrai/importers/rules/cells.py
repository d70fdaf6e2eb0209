"""Cells as people type them: normalised to be compared, but stored unchanged."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from shinrai.privacy.rules.masking import mask
from shinrai.units.text import Text

# What stands where a formula cannot be calculated (Excel, LibreOffice, Google): no value.
ERRORS: Final = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"),
        *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!"),
        *("#GETTING_DATA", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!", "#EXCEED!"),
        *(f"Err:{number}" for number in range(501, 541)),
    )
)
MOST_SHOWN = 60
LONGEST_SHOWN = 60
_BREAKS = re.compile(r"<\s*(?:br|/p|/li|/div|/h\d|/tr)\b[^>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_BLANKS = re.compile(r"[ \t]+")
_LINES = re.compile(r"\s*\n\s*\n\s*")
_SEPARATORS = re.compile(r"""[\s,;:|<>()"'\[\]{}、。（）「」]+""")


def tidy(text: str) -> str:
    """Normalise a cell to compare it: NFKC (full-width digits become digits), no blanks around it.

    NUL is left out, as no database stores it in a text.
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()


def plain_text(markup: str) -> str:
    """Turn HTML into plain text: without tags, with paragraphs separated."""
    if "<" not in markup and "&" not in markup:
        return markup
    lines = _BLANKS.sub(" ", _TAGS.sub("", _BREAKS.sub("\n", markup)))
    return _LINES.sub("\n\n", html.unescape(lines)).strip()


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the known word most similar to a word; None if there is none."""
    tidied = {tidy(known): known for known in words}
    found = get_close_matches(tidy(word[:LONGEST_SHOWN]), list(tidied), n=1, cutoff=0.5)
    return tidied[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> Text:
    """Return the end of an error message: the most similar word, and all known words."""
    known = list(words)
    near = nearest(word, known)
    hint = Text("; did you mean {near!r}?", near=mask(near)) if near else Text(".", context="hint")
    if not known:
        return Text("{hint} There is no other", hint=hint)
    # Where a file has no header, its first row is taken for one: masked, as any row is.
    shown = ", ".join(mask(" ".join(one.split()))[:LONGEST_SHOWN] for one in known[:MOST_SHOWN])
    more = len(known) - MOST_SHOWN
    if more > 0:
        return Text("{hint} There is: {shown} and {more} more", hint=hint, shown=shown, more=more)
    return Text("{hint} There is: {shown}", hint=hint, shown=shown)


def possible_keys(raw: str) -> frozenset[str]:
    """Return everything in a row that may be a key: the cells and the parts of their texts."""
    try:
        cells = [str(cell) for cell in json.loads(raw)]
    except (ValueError, TypeError):
        cells = [raw]
    parts = (part for cell in cells for part in _SEPARATORS.split(cell))
    found = {tidy(name) for name in (*cells, *parts)}
    return frozenset(found | {name.lower() for name in found}) - {""}
