"""What to say at dinner: one concrete thing that the child did, and a question to ask about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shinrai.family.rules.week import time_text
from shinrai.units.text import Text

# A pin is shown round; what was completed is told of; of mere minutes one asks.
ORDER = ("pin", "completed", "studied")


@dataclass(frozen=True)
class Deed:
    """Something a child did on a date; `what` is as the product names it, never a child's words."""

    kind: Literal["pin", "completed", "studied"]
    on: date
    what: Text
    at: datetime | None = None
    minutes: int = 0


def dinner_line(deeds: Iterable[Deed], *, today: date) -> Text | None:
    """Return the line about today, else about yesterday; None if nothing was done.

    Of a day the first kind of `ORDER` counts, of a kind what was done last, or longest. Nothing is
    compared with anybody, and nothing is said that was not done.
    """
    for on in (today, today - timedelta(days=1)):
        for kind in ORDER:
            found = [one for one in deeds_on(deeds, on) if one.kind == kind]
            if found:
                return _line(max(found, key=_weight), is_today=on == today)
    return None


def deeds_on(deeds: Iterable[Deed], on: date) -> list[Deed]:
    """Return what was done on a date."""
    return [one for one in deeds if one.on == on]


def _weight(deed: Deed) -> tuple[float, int, str]:
    return (deed.at.timestamp() if deed.at else 0, deed.minutes, str(deed.what))


def _line(deed: Deed, *, is_today: bool) -> Text:
    values = {"what": deed.what, "when": Text("Today") if is_today else Text("Yesterday")}
    if deed.kind == "pin":
        return Text("{when} brought the pin “{what}”. Ask: “Will you show it to me?”", **values)
    if deed.kind == "completed":
        return Text("{when}: “{what}” was finished. Ask: “What was it about?”", **values)
    return Text(
        "{when}: {time} of {what}. Ask: “What did you do there?”",
        time=time_text(deed.minutes),
        **values,
    )
