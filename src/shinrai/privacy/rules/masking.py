"""Mask what names a person, before words are shown to anyone who need not know."""

import re

# Order matters: an address holds digits that would otherwise look like a telephone number.
MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "〔mail〕"),
    (re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)"), "〔card〕"),
    (re.compile(r"〒?\s?(?<!\d)\d{3}-\d{4}(?![\d-])"), "〔postcode〕"),
    (
        re.compile(
            r"(?<![A-Za-z0-9.:-])(?:\+\d{1,3}[ -]?)?\(?0?\d{1,4}\)?[ -]\d{1,4}[ -]\d{3,4}"
            r"(?![A-Za-z0-9:-])"
        ),
        "〔tel〕",
    ),
    (re.compile(r"(?<!\d)0[5789]0\d{8}(?!\d)"), "〔tel〕"),
)
ZENKAKU = str.maketrans("０１２３４５６７８９＠．－ー", "0123456789@.--")


def mask(words: str) -> str:
    """Replace mail addresses, telephone and card numbers and postcodes by what they are.

    Full-width digits are seen too; where nothing is masked the words come back untouched.
    """
    shown = words
    for pattern, instead in MASKS:
        shown = _replace(pattern, instead, shown)
    return shown


def _replace(pattern: re.Pattern[str], instead: str, words: str) -> str:
    """Find in the half-width reading, replace in the words as they stand (same length)."""
    reading = words.translate(ZENKAKU)
    pieces: list[str] = []
    last = 0
    for found in pattern.finditer(reading):
        pieces += [words[last : found.start()], instead]
        last = found.end()
    return "".join([*pieces, words[last:]]) if pieces else words
