"""What a page says of an error whose words are there in both languages."""

from django.utils.translation import get_language

from shinrai.console.rules.wording import language_of
from shinrai.units.wording import SaidInBoth


def reader_words(error: SaidInBoth) -> str:
    """Give an error's words in the language of whoever reads the page."""
    return error.said[language_of(get_language())]
