"""The language of whoever reads a page, and texts written in it."""

from collections.abc import Sequence

from django.utils.translation import get_language

from shinrai.console.rules.wording import language_of
from shinrai.units.text import Language, Text, translated


def reader_language() -> Language:
    """Return the language in which the current page is written."""
    return language_of(get_language())


def reader_text(text: Text | str | Sequence[object]) -> str:
    """Translate a text into the reader's language; a `str` is returned unchanged."""
    return translated(text, reader_language())
