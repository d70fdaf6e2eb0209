"""A cohort: who belongs to it, said as a question and not as a list of persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

NAME_LENGTH: Final = 60
MOST_DAYS: Final = 3_660
LONGEST: Final = 200  # letters of an event's name, a property or its value
MOST_FILTERS: Final = 5
Where = tuple[tuple[str, str], ...]


class BadCohort(UserError, ValueError):
    """A cohort that cannot be saved like this."""


@dataclass(frozen=True)
class CohortDefinition:
    """Who did something on so many days: of the dates given, or of the last `days` days.

    Without dates and days: ever. `event` None: anything. `where`: with these properties only.
    """

    event: str | None = None
    where: Where = ()
    since: date | None = None
    until: date | None = None
    days: int | None = None
    least_days: int = 1

    def __post_init__(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise BadCohort(
                Text(
                    "{since} comes after {until}: give dates in order",
                    since=self.since,
                    until=self.until,
                )
            )
        if self.days is not None and (self.since or self.until):
            raise BadCohort(Text("give either dates or a number of last days, not both"))
        for days in (self.days, self.least_days):
            if days is not None and not 1 <= days <= MOST_DAYS:
                raise BadCohort(Text("say 1 to {most} days, not {days}", most=MOST_DAYS, days=days))

    @property
    def document(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "event": self.event,
            "where": [list(pair) for pair in self.where],
            "since": self.since and f"{self.since}",
            "until": self.until and f"{self.until}",
            "days": self.days,
            "least_days": self.least_days,
        }


def read_definition(document: Mapping[str, Any]) -> CohortDefinition:
    """Return the definition that was stored as a document."""
    since, until = (
        date.fromisoformat(document[name]) if document[name] else None
        for name in ("since", "until")
    )
    where = tuple((key, value) for key, value in document["where"])
    return CohortDefinition(
        document["event"], where, since, until, document["days"], document["least_days"]
    )


def read_where(typed: str) -> Where:
    """Read property filters as somebody types them: grade=3, plan=family.

    Raises: BadCohort.
    """
    parts = [part.strip() for part in typed.replace("\n", ",").split(",") if part.strip()]
    found = [tuple(word.strip() for word in part.split("=", 1)) for part in parts]
    for part, pair in zip(parts, found, strict=True):
        if len(pair) < 2 or not pair[0] or max(map(len, pair)) > LONGEST:
            raise BadCohort(
                Text("{typed} is no property; write for example grade=3", typed=part[:40])
            )
    if len(found) > MOST_FILTERS:
        raise BadCohort(Text("name at most {most} properties", most=MOST_FILTERS))
    return tuple((pair[0], pair[1]) for pair in found)


def where_words(where: Where) -> str:
    """Return property filters as `read_where` reads them."""
    return ", ".join(f"{key}={value}" for key, value in where)
