"""The fields of a declaration as a form shows and reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shinrai.console.reader import reader_text
from shinrai.initiatives.rules.declaration import ARROWS, DESIGNS, DIRECTIONS, MODES, Declaration
from shinrai.units.text import Text
from shinrai.warehouse.kpis import kpis

MOST: Final = 4000


@dataclass(frozen=True)
class DeclarationField:
    """A field: its name in the request, label, help, and kind of input."""

    key: str
    label: str | Promise
    help: str | Promise = ""
    kind: str = "text"  # text, area, number, date, or select


SECTIONS: Final = (
    (
        _("What, and what for"),
        (
            DeclarationField("name", _("Name")),
            DeclarationField("hypothesis", _("We believe that"), kind="area"),
            DeclarationField(
                "arrow", _("On the chain"), _("Which link it is to make stronger."), "select"
            ),
            DeclarationField("owner", _("Owner")),
            DeclarationField("hours", _("Hours planned"), kind="number"),
        ),
    ),
    (
        _("What it is judged by"),
        (
            DeclarationField(
                "kpi", _("KPI"), _("One. A second one is for another initiative."), "select"
            ),
            DeclarationField("direction", _("Direction"), kind="select"),
            DeclarationField(
                *("effect", _("Smallest effect that matters")),
                *(_("Of a share in points: 5 is from 80 % to 85 %."), "number"),
            ),
            DeclarationField(
                "mode", _("Mode"), _("Of inquiries; other KPIs have none."), "select"
            ),
            DeclarationField("field", _("Only of"), kind="select"),
            DeclarationField(
                "value", _("namely"), _("The topic, channel, source, account or survey.")
            ),
        ),
    ),
    (
        _("When, and against what"),
        (
            DeclarationField("starts_on", _("Starts on"), _("Tomorrow or later."), "date"),
            DeclarationField("ends_on", _("Ends on"), _("The last day that counts."), "date"),
            DeclarationField(
                *("baseline_weeks", _("Weeks before it to hold it against"), "", "number"),
            ),
            DeclarationField("design", _("Who goes without"), kind="select"),
        ),
    ),
    (
        _("If persons are divided"),
        (
            DeclarationField("arms", _("Arms"), _("control 50, new 50: name and percentage of each."
                             " The first one is what is compared against.")),
            DeclarationField("flag_event", _("Usage event that says who had which"),
                             _("Only where your product divides them itself, such as lesson_opened."
                             " Left empty, you bring in a file of persons and arms.")),
            DeclarationField("flag_property", _("Which of its properties"), _("Such as variant. Its"
                             " value is the name of an arm, such as new.")),
        ),
    ),
    (
        _("If groups begin one after another"),
        (
            DeclarationField("group", _("Groups by"), kind="select"),
            DeclarationField("starts", _("Group and start"), _("One a line: school-7: 2026-09-14"),
                             "area"),
        ),
    ),
)  # fmt: skip


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return the choices of every select, in the reader's language."""
    fields: dict[str, Text] = {}
    for one in kpis().values():
        fields |= one.fields
    narrow = [(key, reader_text(words)) for key, words in fields.items() if key != "mode"]
    return {
        "arrow": _words(ARROWS),
        "kpi": [(key, reader_text(one.name)) for key, one in kpis().items()],
        "direction": _words(DIRECTIONS),
        "mode": _words(MODES),
        "field": [("", "—"), *narrow],
        "design": _words(DESIGNS),
        "group": [("", "—"), *narrow],
    }


def typed_in(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, by field; what is far too long is cut."""
    keys = ["key", "reason", *(one.key for _title, fields in SECTIONS for one in fields)]
    return {key: given.get(key, "").replace("\0", "").strip()[:MOST] for key in keys}


def typed_of(found: Declaration) -> dict[str, str]:
    """Return a declaration as it would be typed."""
    document = found.document
    narrow = {name: value for name, value in found.only.items() if name != "mode"}
    field, value = next(iter(narrow.items()), ("", ""))
    return {
        **{name: str(one) for name, one in document.items() if isinstance(one, str)},
        **{name: f"{document[name]:g}" for name in ("effect", "hours", "baseline_weeks")},
        "mode": found.only.get("mode", ""),
        "field": field,
        "value": value,
        "arms": ", ".join(f"{name} {share:g}" for name, share in found.arms.items()),
        "starts": "\n".join(f"{name}: {on}" for name, on in found.starts.items()),
    }


def fields_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a declaration as they were typed."""
    plain = ("key", "name", "hypothesis", "arrow", "owner", "hours", "kpi", "direction", "effect")
    dates = ("starts_on", "ends_on", "baseline_weeks", "design", "group")
    flag = ("flag_event", "flag_property")
    kpi = kpis().get(typed["kpi"])
    has_mode = typed["mode"] and (kpi is None or "mode" in kpi.fields)
    only = {"mode": typed["mode"]} if has_mode else {}
    if typed["field"]:
        only[typed["field"]] = typed["value"]
    return {
        **{name: typed[name] for name in (*plain, *dates, *flag)},
        "only": only,
        "arms": _pairs(typed["arms"].replace("、", ",").split(",")),
        "starts": dict(_pairs(typed["starts"].splitlines())),
    }


def beginning(owner: str, starts_on: date, ends_on: date) -> dict[str, str]:
    """Return what an empty form holds."""
    usual = {"mode": "via_cs", "effect": "5", "baseline_weeks": "8", "owner": owner}
    return typed_in({**usual, "starts_on": str(starts_on), "ends_on": str(ends_on)})


def _pairs(lines: Sequence[str]) -> list[list[str]]:
    """Split each line at its last blank or colon."""
    found = []
    for line in lines:
        words = line.replace("：", ":").strip().rstrip("%")
        if words:
            name, _mark, last = words.replace(":", " ").rstrip().rpartition(" ")
            found.append([name.strip(), last])
    return found


def _words(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(key, reader_text(words)) for key, words in texts.items()]
