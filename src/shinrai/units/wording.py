"""What people are told, in both languages; and errors whose words are made to be read."""

from collections.abc import Iterable, Mapping
from typing import Any

Words = Mapping[str, str]


def both(*, en: str, ja: str) -> Words:
    """Say the same in English and in Japanese."""
    return {"en": en, "ja": ja}


def alike(text: str) -> Words:
    """Say what reads the same in both languages: a key, a path, a name."""
    return both(en=text, ja=text)


def joined(parts: Iterable[Words], by: str = "\n") -> Words:
    """Say several things one after the other, in each language."""
    found = list(parts)
    return both(en=by.join(one["en"] for one in found), ja=by.join(one["ja"] for one in found))


def shortened(words: Words, most: int) -> dict[str, str]:
    """Cut what is said to so many characters in each language."""
    return {language: text[:most] for language, text in words.items()}


class SaidInBoth(Exception):
    """An error that people meet, whose words are there in both languages, as `said`.

    Words say what is the case, where, and what to do next; `str()` speaks English. Entry
    points give them in the language of whoever asked.
    """

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.said = both(en=en, ja=ja)

    def __reduce__(self) -> tuple[Any, ...]:
        """Come out of another process with all words, however the class is made."""
        return _said_again, (type(self), self.args, self.__dict__)


def _said_again(kind: type[SaidInBoth], args: tuple[Any, ...], words: dict[str, Any]) -> SaidInBoth:
    error = kind.__new__(kind, *args)
    error.__dict__.update(words)
    return error


class Misuse(Exception):
    """An error only those who write code can cause; nothing that is typed or uploaded does."""
