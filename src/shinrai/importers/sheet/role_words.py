"""Words by which people name the columns of a sheet, for each meaning a column can have.

Names are compared without blanks, case and marks. A word that is the whole name counts most; a word
that begins or ends a longer name counts less. The words are in `role_words.toml`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from shinrai.importers.rules.cells import tidy

MOMENTS: Final = (
    *("filed", "answered", "sent_back", "resubmitted"),
    *("waiting", "resumed", "withdrawn", "ignored_date"),
)
_FILE: Final = resources.files("shinrai.importers.sheet") / "role_words.toml"
_WORDS: Final[dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
ROLES: Final = tuple(_WORDS)
OFFERED: Final = tuple(role for role in ROLES if role != "ignored_date")
SEVERAL: Final = frozenset(("text", "sent_back", "resubmitted", "waiting", "resumed"))
_MARKS: Final = re.compile(r"[\s_*:：()（）\[\]【】「」<>・、。,.\-–/＊※?？!！\"']+")
_ASIDE: Final = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_NUMBERS: Final = re.compile(r"(?:番号|ナンバー|id|no|number)$")
_SIGN: Final = re.compile(r"(?:[#№]|nº|(?:^|[\s_])ref\.?)\s*$", re.IGNORECASE)  # Request #
_KIND: Final = re.compile(
    r"^(?:ticket|case|issue|request|incident|conversation)\s+(?=\w)|\s+-\s+(?:timestamp|date)$",
    re.I,
)
DATE_NAME: Final = re.compile(r"(?:日時|日付|日|date|[_ ](?:at|on))$", re.IGNORECASE)
TIME_NAME: Final = re.compile(r"(?:時刻|時間|time)$")
_NUMBERED: Final = re.compile(r"(?:[\s_(（]*(?:\d|[①②③]|[一二三]回目|\d回目)[)）]?)$")


_FIRST: Final = re.compile(r"^(?:first|initial|1st|一次|1次|初回|初期|第一)")
_LAST: Final = re.compile(r"^(?:final|最終|last)")
_PLANNED: Final = re.compile(
    r"\b(?:planned|expected|estimated|scheduled|due|deadline)\b|予定|見込|期限|期日|希望", re.I
)
# Of two desks in one sheet, the one that investigates counts, not the one that customers write to.
_OURS: Final = re.compile(r"^(?:cre|調査|開発|エスカレーション|二次|2次)(?:への|側|の)?(?=.)", re.I)
_OF_CUSTOMER: Final = re.compile(r"^(?:customer|client|顧客|お客様|ユーザー)", re.IGNORECASE)
OF_FIRST: Final = 1.5
OF_LAST: Final = 2.5


@dataclass(frozen=True)
class WordMatch:
    """A meaning of a column's name, and how well the name fits it (3: exactly; 1: in part)."""

    role: str
    score: float


def compared(name: str) -> str:
    """Return a column's name as it is compared: no case, blanks or marks."""
    text = tidy(name).casefold()
    bare = _MARKS.sub("", text)
    return bare.replace("#", "") or bare or text


@lru_cache(maxsize=20_000)
def meanings_of(name: str) -> tuple[WordMatch, ...]:
    """Return what a column of this name may mean, best first."""
    if not name.strip() or len(name) > 60:
        return ()
    best: dict[str, float] = {}
    bare = _ASIDE.sub("", tidy(name))
    tries = (
        (name, 3.0),
        (bare, 2.8),
        (_NUMBERED.sub("", bare), 2.6),
        (_KIND.sub("", bare), 2.6),
        (_OURS.sub("", bare), 2.6),
    )
    for text, worth in tries:
        word = compared(text)
        for role, rank in _EXACT.get(word, ()):
            best[role] = max(best.get(role, 0), worth - rank * 0.001)
    if _SIGN.search(bare):
        best["key"] = max(best.get("key", 0), 2.9)
        best = {role: score if role == "key" else score - 0.5 for role, score in best.items()}
    if not best:
        word = compared(bare)
        for known, role in _LONG:
            if known in word:
                share = len(known) / len(word)
                bonus = 0.3 if word.startswith(known) or word.endswith(known) else 0
                best[role] = max(best.get(role, 0), 0.6 + share + bonus)
        if not best and _NUMBERS.search(word):
            best["key"] = 1.2
    if "answered" in best:
        best["answered"] = _by_turn(compared(bare), best["answered"])
    moments = [score for role, score in best.items() if role in MOMENTS]
    if _PLANNED.search(bare) and (moments or not best):
        best = {"ignored_date": max(moments, default=1.0)}
    elif _OF_CUSTOMER.search(bare):
        best = {r: min(score, 1.2) if r in MOMENTS else score for r, score in best.items()}
    found = (WordMatch(role, score) for role, score in best.items())
    return tuple(sorted(found, key=lambda match: -match.score))


def _by_turn(word: str, score: float) -> float:
    """Return the score of a column of answers: the last answer ends a case, the first does not."""
    if _FIRST.search(word):
        return min(score, OF_FIRST)
    return max(score, OF_LAST + score / 10) if _LAST.search(word) else score


def _tables() -> tuple[dict[str, list[tuple[str, int]]], list[tuple[str, str]]]:
    exact: dict[str, list[tuple[str, int]]] = {}
    longer: list[tuple[str, str]] = []
    for role, words in _WORDS.items():
        for rank, word in enumerate(words.split()):
            known = compared(word)
            exact.setdefault(known, []).append((role, rank))
            if len(known) >= (5 if known.isascii() else 2):
                longer.append((known, role))
    return exact, longer


_EXACT, _LONG = _tables()
