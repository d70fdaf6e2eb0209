"""What people are told about a row, in both languages, as flags are."""

from collections.abc import Mapping

Words = Mapping[str, str]


def both(*, en: str, ja: str) -> Words:
    """Say the same in English and in Japanese."""
    return {"en": en, "ja": ja}


class SaidInBoth(ValueError):
    """An error whose words are there in both languages, as `said`; `str()` speaks English."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.said = both(en=en, ja=ja)


def shortened(words: Words, most: int) -> dict[str, str]:
    """Cut what is said to so many characters in each language."""
    return {language: text[:most] for language, text in words.items()}
