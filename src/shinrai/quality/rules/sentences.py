"""The first sentence of the page: how one mode was answered, and what is unknown."""

from collections.abc import Mapping
from typing import Any

from shinrai.quality.rules.figures import is_unknown
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

VIA = {
    "via_cs": Text("through CS", context="quality"),
    "direct": Text("from companies directly"),
    "proactive": Text("opened by us", context="quality"),
}


def quality_sentence(mode: str, inquiries: int, figures: Mapping[str, Any]) -> Text:
    """Return how many inquiries a mode has, how soon answered, and how many came back."""
    if not inquiries:
        return _of_investigations(figures)
    soon, back = _share(figures, "next_business_day"), _share(figures, "reopened_14")
    if isinstance(soon, Unknown):
        answered = Text(
            "how many were answered by the next business day is not known ({why})", why=soon
        )
    else:
        answered = Text("{share} were answered by the next business day", share=_percent(soon))
    if isinstance(back, Unknown):
        held = Text("whether solutions held is not known yet ({why})", why=back)
    else:
        held = Text("{share} of those solved came back within 14 days", share=_percent(back))
    return Text(
        "Of {count} inquiry {via}, {answered}; {held}.",
        "Of {count:,} inquiries {via}, {answered}; {held}.",
        count=inquiries,
        via=VIA.get(mode, mode),
        answered=answered,
        held=held,
    )


def _of_investigations(figures: Mapping[str, Any]) -> Text:
    """Return how many investigations were sent back, where there is no inquiry."""
    filed = figures.get("sent_back")
    if filed is None or is_unknown(filed):
        return Text("No inquiry came in this time.")
    return Text(
        "Of {count} investigation, {sent_back:,} was sent back for missing facts.",
        "Of {count:,} investigations, {sent_back:,} were sent back for missing facts.",
        count=filed["of"],
        sent_back=filed["count"],
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _share(figures: Mapping[str, Any], key: str) -> float | Unknown:
    found = figures[key]
    return found["unknown"] if is_unknown(found) else float(found["share"])
