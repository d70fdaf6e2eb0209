"""Fields that any request may hold: words, and dates and moments that PostgreSQL can keep.

What a validator raises is a message id of the catalogue.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, Field

from shinrai.units.text import Text

MOST_LINE: Final = 500
MOST_WORDS: Final = 20_000
FIRST_YEAR: Final = 1990  # as of imported moments
LAST_YEAR: Final = 2100
NO_YEAR: Final = Text("the year lies outside 1990 to 2099")


def clean_words(words: str) -> str:
    """Return words that can be stored. Raises: ValueError for NUL and halves of characters."""
    if "\0" in words:
        raise ValueError(str(Text("NUL cannot be stored")))
    try:
        words.encode()
    except UnicodeEncodeError as error:
        half = Text("half of a character (a lone surrogate) cannot be stored")
        raise ValueError(str(half)) from error
    return words


def utc_moment(moment: datetime) -> datetime:
    """Return a moment in UTC. Raises: ValueError if its year is not one of a desk."""
    try:
        found = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(NO_YEAR)) from error
    near_date(found.date())
    return found


def near_date(on: date) -> date:
    """Return a date of a year that a desk can have. Raises: ValueError."""
    if not FIRST_YEAR <= on.year < LAST_YEAR:
        raise ValueError(str(NO_YEAR))
    return on


def clean_document(document: Any) -> Any:
    """Return a document whose words can be stored. Raises: ValueError, as `clean_words`."""
    if isinstance(document, str):
        return clean_words(document)
    if isinstance(document, dict):
        return {clean_document(key): clean_document(one) for key, one in document.items()}
    return [clean_document(one) for one in document] if isinstance(document, list) else document


Clean = Annotated[str, AfterValidator(clean_words)]  # its length stands beside it
Document = Annotated[dict[str, Any], AfterValidator(clean_document)]
Line = Annotated[str, Field(max_length=MOST_LINE), AfterValidator(clean_words)]
Words = Annotated[str, Field(max_length=MOST_WORDS), AfterValidator(clean_words)]
Moment = Annotated[AwareDatetime, AfterValidator(utc_moment)]
Day = Annotated[date, AfterValidator(near_date)]
