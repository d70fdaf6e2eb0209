"""What is wrong with a document: every complaint, each with its place and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from shinrai.units.wording import Words, both

IS_MISSING = both(en="is missing", ja="書かれていません")
NO_LIST = both(en="is no list", ja="リストではありません")
LEAVE_OUT = both(en="leave it out", ja="書かないでください")
NO_MORE = both(en="", ja="")


@dataclass(frozen=True)
class Complaint:
    """Say what is wrong, where, and what to do next."""

    where: str
    what: Words
    what_next: Words

    def __str__(self) -> str:
        return self.said["en"]

    @property
    def said(self) -> Words:
        """Say all of it in one line."""
        place = self.where or "the document"
        ja_place = self.where or "文書全体"
        return both(
            en=f"{place}: {self.what['en']}; {self.what_next['en']}",
            ja=f"{ja_place}: {self.what['ja']}。{self.what_next['ja']}",
        )


class Complaints:
    """Collect complaints while a document is read, so that one reading names them all.

    `is_stored`: the document was accepted once; the calendar in it is not checked again.
    """

    def __init__(self, *, is_stored: bool = False) -> None:
        self.is_stored = is_stored
        self.found: list[Complaint] = []

    def add(self, where: str, what: Words, what_next: Words) -> None:
        """Note a complaint."""
        self.found.append(Complaint(where, what, what_next))

    def mapping(self, value: Any, where: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Read a table of fields, naming every field that is not known here."""
        if not isinstance(value, Mapping):
            self.add(
                where,
                IS_MISSING if value is None else _is_kind(value),
                both(
                    en=f"write it as fields: {', '.join(known)}",
                    ja=f"「キー: 値」の形で書いてください。使えるキー: {', '.join(known)}",
                ),
            )
            return {}
        for key in value:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                meant = f"もしかして「{near[0]}」ですか。" if near else ""
                self.add(
                    f"{where}.{key}" if where else str(key),
                    both(en="unknown field", ja="このようなキーはありません"),
                    both(
                        en=f"{hint}known here: {', '.join(known)}",
                        ja=f"{meant}ここで使えるキー: {', '.join(known)}",
                    ),
                )
        return value

    def text(self, value: Any, where: str, *, required: bool = False, longest: int = 255) -> str:
        """Read words; nothing where nothing is required is an empty text."""
        if value is None or value == "":
            if required:
                self.add(where, IS_MISSING, both(en="give it a text", ja="文字列を書いてください"))
            return ""
        if not isinstance(value, str):
            self.add(
                where,
                _is_kind(value),
                both(
                    en="give it a text, in quotes if need be",
                    ja="文字列を書いてください（必要なら引用符で囲みます）",
                ),
            )
            return ""
        if len(value) > longest:
            self.add(
                where,
                both(en=f"has {len(value)} characters", ja=f"{len(value)} 文字あります"),
                both(
                    en=f"{longest} are allowed: shorten it",
                    ja=f"{longest} 文字以内に短くしてください",
                ),
            )
        return value

    def one_of(self, value: Any, where: str, choices: tuple[str, ...], why: Words = NO_MORE) -> str:
        """Read one word out of a list."""
        if value in choices:
            return str(value)
        unknown = both(en=f"{_shown(value)} is not known", ja=f"`{_shown(value)}` は使えません")
        self.add(
            where,
            IS_MISSING if value is None else unknown,
            both(
                en=f"{why['en']}choose one of: {', '.join(choices)}",
                ja=f"{why['ja']}次から一つ選んでください: {', '.join(choices)}",
            ),
        )
        return choices[0]

    def whole(self, value: Any, where: str, *, least: int, most: int, unit: Words) -> int:
        """Read a whole number, written as a number or as text."""
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            number = int(value)
        if number is None or not least <= number <= most:
            cannot = both(en=f"{_shown(value)} cannot be", ja=f"`{_shown(value)}` は指定できません")
            self.add(
                where,
                IS_MISSING if value is None else cannot,
                both(
                    en=f"give whole {unit['en']} from {least} to {most}",
                    ja=f"{unit['ja']}を {least}〜{most} の整数で書いてください",
                ),
            )
            return least
        return number


def is_now(value: Any) -> Words:
    """Say what stands where something else should."""
    return both(en=f"is {value!r}", ja=f"`{value!r}` になっています")


def not_one(value: Any, things: str, ja_things: str) -> Words:
    """Say that a list should hold exactly one thing, and what it holds instead."""
    if value is None:
        return IS_MISSING
    if not isinstance(value, list | tuple):
        return NO_LIST
    return both(en=f"has {len(value)} {things}", ja=f"{ja_things}が {len(value)} 個あります")


def _is_kind(value: Any) -> Words:
    if isinstance(value, list | tuple):
        return both(en="is a list", ja="リストになっています")
    if isinstance(value, Mapping):
        return both(en="is a table of fields", ja="「キー: 値」の形になっています")
    kind, ja_kind = ("text", "文字列") if isinstance(value, str) else ("value", "値")
    return both(
        en=f"is the {kind} {_shown(value)}", ja=f"{ja_kind} `{_shown(value)}` になっています"
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
