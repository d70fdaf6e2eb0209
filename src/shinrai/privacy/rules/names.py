"""Mask the names that a workspace lists: of people, of its own test accounts."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import normalize

from shinrai.privacy.rules.masking import mask
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SHORTEST, LONGEST, MOST = 2, 100, 1_000
SHOWN: Final = "〔name〕"
_MASKS: Final = re.compile("(〔[^〕\n]{1,12}〕)")  # what is masked already
_SIGN: Final = re.compile("[^\u0300-\u036f][\u0300-\u036f\u3099\u309aﾞﾟ]*|.", re.DOTALL)


class BadNames(UserError, ValueError):
    """The names cannot be masked as typed."""


def read_names(typed: str) -> tuple[str, ...]:
    """Return the names typed one a line, each once.

    Raises: BadNames.
    """
    lines = (" ".join(line.split()) for line in typed.replace("\0", "").splitlines())
    names = tuple(dict.fromkeys(line for line in lines if line))
    wrong = next((one for one in names if not SHORTEST <= len(folded(one)) <= LONGEST), None)
    if wrong is not None:
        raise BadNames(
            Text(
                "{name!r} cannot be masked: a name has {least} to {most} characters",
                name=wrong[:LONGEST],
                least=SHORTEST,
                most=LONGEST,
            )
        )
    if len(names) > MOST:
        raise BadNames(Text("at most {most} names are masked; take some out", most=MOST))
    return names


def folded(text: str) -> str:
    """Return a text as names are compared: full-width as half-width, capitals as small."""
    return normalize("NFKC", text).casefold()


def name_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds the names in a folded text, the longest first; None if there are none.

    Blanks between the parts of a name may be missing or others. A name in Latin letters is a word
    of its own: Ann is not found in Annual.
    """
    found = []
    for name in sorted(set(map(folded, names)), key=lambda one: (-len(one), one)):
        parts = r"[\s・·]*".join(map(re.escape, name.split()))
        before = r"(?<![a-z0-9])" if re.match("[a-z0-9]", name) else ""
        after = r"(?![a-z0-9])" if re.search("[a-z0-9]$", name) else ""
        found.append(f"{before}{parts}{after}")
    return re.compile("|".join(found)) if found else None


def mask_with_names(words: str, names: re.Pattern[str] | None) -> str:
    """Return a text with addresses and numbers masked (see `mask`), and these names."""
    words = mask(words)
    if names is None or names.search(folded(words)) is None:
        return words
    return "".join(
        part if at % 2 else "".join(_without(part, names))
        for at, part in enumerate(_MASKS.split(words))
    )


def _without(words: str, names: re.Pattern[str]) -> Iterator[str]:
    """Yield a text without the names, which are found in its folded form and cut out of it."""
    signs = [found.group() for found in _SIGN.finditer(words)]
    reading: list[str] = []
    sign_at: list[int] = []
    for number, sign in enumerate(signs):
        said = folded(sign)
        reading.append(said)
        sign_at += [number] * len(said)
    last = 0
    for found in names.finditer("".join(reading)):
        first, end = sign_at[found.start()], sign_at[found.end() - 1] + 1
        if first >= last:
            yield "".join(signs[last:first]) + SHOWN
        last = max(last, end)
    yield "".join(signs[last:])
