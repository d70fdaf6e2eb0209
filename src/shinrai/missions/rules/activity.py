"""The activities a product declares: what there is to study, and in which order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

MOST_KEY: Final = 100
MOST_TITLE: Final = 120
MOST_MINUTES: Final = 600
MOST_ACTIVITIES: Final = 20_000
NAMES: Final = (
    "key", "subject", "unit", "minutes", "prerequisite", "title", "title_ja", "reading",
)  # fmt: skip


class BadActivity(UserError, ValueError):
    """A declaration of activities that cannot be used."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to study. `after` are the keys of what has to be completed before.

    `reading`: of the Japanese title, in kana.
    """

    key: str
    subject: str
    unit: str
    minutes: int
    after: tuple[str, ...] = ()
    title: str = ""
    title_ja: str = ""
    reading: str = ""

    def title_in(self, language: str) -> str:
        """Return the title for a language; without one, the key."""
        first, second = (self.title_ja, self.title) if language == "ja" else (self.title, "")
        return first or second or self.title or self.title_ja or self.key


def declared(rows: Sequence[Mapping[str, Any]]) -> tuple[Activity, ...]:
    """Return the activities that rows declare, in their order.

    Raises: BadActivity, which names the row.
    """
    if len(rows) > MOST_ACTIVITIES:
        raise BadActivity(
            Text("Declare at most {most:,} activities, not {count:,}.", most=MOST_ACTIVITIES,
                 count=len(rows))
        )  # fmt: skip
    found: dict[str, Activity] = {}
    for number, row in enumerate(rows, 1):
        activity = _activity(row, number)
        if activity.key in found:
            raise BadActivity(
                Text("Row {row}: the activity {key} is declared twice.", row=number,
                     key=activity.key)
            )  # fmt: skip
        found[activity.key] = activity
    for number, activity in enumerate(found.values(), 1):
        for key in activity.after:
            if key not in found:
                raise BadActivity(
                    Text("Row {row}: there is no activity {key} to come before.", row=number,
                         key=key)
                )  # fmt: skip
    _without_circle(found)
    return tuple(found.values())


def _activity(row: Mapping[str, Any], number: int) -> Activity:
    unknown = sorted(set(row) - set(NAMES))
    if unknown:
        raise BadActivity(
            Text("Row {row}: nobody knows {names}; there are: {known}.", row=number,
                 names=", ".join(unknown), known=", ".join(NAMES))
        )  # fmt: skip
    texts = {name: _text(row.get(name), name, number) for name in ("key", "subject", "unit")}
    for name, value in texts.items():
        if not value:
            raise BadActivity(Text("Row {row}: {name} is missing.", row=number, name=name))
    given = row.get("minutes", "")
    minutes = int(given) if str(given).isascii() and str(given).isdigit() else 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadActivity(
            Text("Row {row}: minutes are a whole number from 1 to {most}.", row=number,
                 most=MOST_MINUTES)
        )  # fmt: skip
    before = row.get("prerequisite") or ()
    keys = before.replace(";", " ").split() if isinstance(before, str) else before
    if not isinstance(keys, list | tuple):
        raise BadActivity(Text("Row {row}: prerequisite lists keys.", row=number))
    return Activity(
        **texts,
        minutes=minutes,
        after=tuple(dict.fromkeys(_text(key, "prerequisite", number) for key in keys)),
        title=_text(row.get("title"), "title", number, most=MOST_TITLE),
        title_ja=_text(row.get("title_ja"), "title_ja", number, most=MOST_TITLE),
        reading=_text(row.get("reading"), "reading", number, most=MOST_TITLE),
    )


def _text(value: object, name: str, number: int, *, most: int = MOST_KEY) -> str:
    text = " ".join(str("" if value is None else value).replace("\0", "").split())
    if len(text) > most:
        raise BadActivity(
            Text("Row {row}: {name} is longer than {most}.", row=number, name=name, most=most)
        )
    return text


def _without_circle(found: Mapping[str, Activity]) -> None:
    """Raise: BadActivity if activities wait for each other."""
    left = {key: set(one.after) for key, one in found.items()}
    while free := [key for key, before in left.items() if not before]:
        for key in free:
            del left[key]
        for before in left.values():
            before.difference_update(free)
    if left:
        raise BadActivity(
            Text("These activities wait for each other: {keys}.", keys=", ".join(sorted(left)[:9]))
        )


def open_activities(
    activities: Iterable[Activity], completed: Mapping[str, Any]
) -> Iterator[Activity]:
    """Return in order what is not completed and whose prerequisites are."""
    for activity in activities:
        if activity.key not in completed and all(key in completed for key in activity.after):
            yield activity
