"""The language of whoever reads a page, and texts written in it."""

from collections.abc import Sequence

from django.utils.translation import get_language

from shinrai.console.rules.wording import language_of
from shinrai.units.text import Language, Text, translated


def reader_language() -> Language:
    """Give the language of the page that is being written."""
    return language_of(get_language())


def reader_text(text: Text | str | Sequence[object]) -> str:
    """Write a text in the reader's language; what is a `str` stays as it is."""
    return translated(text, reader_language())
