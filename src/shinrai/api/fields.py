"""Fields that any request may hold: words, and moments that PostgreSQL can keep."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field

MOST_LINE: Final = 500
MOST_WORDS: Final = 20_000
FIRST_YEAR: Final = 1990  # as of imported moments
LAST_YEAR: Final = 2100


def clean_words(words: str) -> str:
    """Return words that can be stored. Raises: ValueError for NUL and halves of characters."""
    if "\0" in words:
        raise ValueError("NUL cannot be stored")
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise ValueError("half of a character (a lone surrogate) cannot be stored") from error
    return words


def utc_moment(moment: datetime) -> datetime:
    """Return a moment in UTC. Raises: ValueError if its year is not one of a desk."""
    try:
        found = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment lies outside the calendar") from error
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise ValueError(f"the year lies outside {FIRST_YEAR} to {LAST_YEAR - 1}")
    return found


Line = Annotated[str, Field(max_length=MOST_LINE), AfterValidator(clean_words)]
Words = Annotated[str, Field(max_length=MOST_WORDS), AfterValidator(clean_words)]
Moment = Annotated[AwareDatetime, AfterValidator(utc_moment)]
