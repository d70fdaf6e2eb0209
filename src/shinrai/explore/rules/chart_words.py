"""Words by which members name a chart, in English and Japanese."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

ChartType = Literal["line", "bar", "interval", "figure", "table"]
TYPES: Final[Mapping[str, ChartType]] = {
    **dict.fromkeys(("line", "lines", "折れ線", "折れ線グラフ", "推移"), "line"),
    **dict.fromkeys(("bar", "bars", "棒", "棒グラフ"), "bar"),
    **dict.fromkeys(("interval", "intervals", "区間", "信頼区間"), "interval"),
    **dict.fromkeys(("figure", "number", "数字", "数値"), "figure"),
    **dict.fromkeys(("table", "表"), "table"),
}
# Particles behind a column in Japanese, and the word before it in English.
BEHIND: Final = {"別": "by", "ごと": "by", "毎": "by", "の": "of", "系列": "per"}
TOP = r"上位\s*(?P<top>[0-9]+)\s*(?:件|つ)?"


def split_words(said: str, columns: Sequence[str]) -> list[str]:
    """Return the words of a chart in English order; names of columns stay whole.

    `topic別の棒、上位10` reads as `by topic bar top 10`.
    """
    names = _either(columns)
    japanese = _either([one for one in TYPES if not one.isascii()])
    part = re.compile(
        rf"{TOP}|(?<!\w)(?P<name>{names})(?P<behind>{_either(BEHIND)})|(?P<type>{japanese})"
        rf"|(?<![A-Za-z0-9_])(?P<column>{names})(?![A-Za-z0-9_])|の|(?P<word>[^\s,、。]+)"
    )
    found: list[str] = []
    for one in part.finditer(re.sub(r"([別毎のと列])(?=\w)", r"\1 ", said)):
        if one["top"]:
            found += ["top", one["top"]]
        elif one["name"]:
            found += [BEHIND[one["behind"]], one["name"]]
        else:
            word = one["type"] or one["column"] or one["word"]
            found += [word if word in columns else word.lower()] if word else []
    return found


def _either(words: Iterable[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(one) for one in ordered) or "(?!)"
