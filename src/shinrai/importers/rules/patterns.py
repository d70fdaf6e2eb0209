"""Patterns that people write in mappings, matched in time linear in the length of the text.

The engine is RE2: it has no lookahead and no backreference, and so no pattern makes it slow. What
RE2 would read differently keeps its meaning in Python: `\\d`, `\\w` and `\\s` are the digits,
letters and blanks of every language. `\\b` alone looks at ASCII letters: between `VIP` and `様`
there is an edge.

**Source:** https://github.com/google/re2/wiki/Syntax; `re` of Python 3.11.
"""

import re
from typing import Final, Protocol

import re2  # type: ignore[import-untyped]

LONGEST: Final = 2_000
MEMORY: Final = 8 << 20  # bytes, for one pattern
_BLANKS: Final = (
    r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)
_NO_BLANKS: Final = (
    r"\x00-\x08\x0e-\x1b\x21-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"
)
_LETTERS: Final = r"\p{L}\p{N}_"
_ALONE: Final = {
    r"\d": r"\p{Nd}",
    r"\D": r"\P{Nd}",
    r"\s": f"[{_BLANKS}]",
    r"\S": f"[^{_BLANKS}]",
    r"\w": f"[{_LETTERS}]",
    r"\W": f"[^{_LETTERS}]",
    r"\Z": r"\z",
    "{,": "{0,",
}
_IN_BRACKETS: Final = _ALONE | {r"\s": _BLANKS, r"\S": _NO_BLANKS, r"\w": _LETTERS, "{,": "{,"}
_TOKEN: Final = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|\[\^?\]?|\]|\{,(?=\d+\})|.", re.DOTALL)


class UnknownPattern(ValueError):
    """A pattern is invalid, or cannot be matched in linear time."""


class Pattern(Protocol):
    """A compiled RE2 pattern."""

    def search(self, text: str) -> object | None:
        """Find the pattern anywhere in a text."""


def pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises: UnknownPattern, with the part that is not known.
    """
    if len(text) > LONGEST:
        raise UnknownPattern(f"longer than {LONGEST} characters")
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        read: Pattern = re2.compile(_translated(text), options)
    except re2.error as error:
        why = error.args[0] if error.args else ""
        raise UnknownPattern(
            why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        ) from error
    except UnicodeEncodeError as error:  # half of a pair, which stands for no character
        raise UnknownPattern(str(error)) from error
    return read


def _translated(text: str) -> str:
    """Return the RE2 pattern that means the same as a pattern in Python."""
    pieces: list[str] = []
    is_inside = False
    for token in _TOKEN.findall(text):
        if not is_inside and token.startswith("["):
            is_inside = True
        elif is_inside and token[0] == "[":  # a sign like any other; to RE2 it may open [:word:]
            pieces.append("\\" + token if token == "[" else rf"\[{token[1:]}")
            is_inside = not token.endswith("]")
            continue
        elif is_inside and token == "]":
            is_inside = False
        elif is_inside and token == r"\W":
            raise UnknownPattern(r"\W in brackets")
        if token.startswith(r"\u") and len(token) > 2:
            pieces.append(rf"\x{{{token[2:]}}}")
        else:
            pieces.append((_IN_BRACKETS if is_inside else _ALONE).get(token, token))
    return "".join(pieces)
