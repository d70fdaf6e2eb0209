"""The form of an upload: what a member says about its files, as choices.

A field that is not in the form is as the page showed it, so an empty form changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict

from shinrai.importers.sheet.cell_words import NOTHING, meaning_of
from shinrai.importers.sheet.role_words import OFFERED
from shinrai.importers.upload.inbox import BY_COLUMNS, check_name
from shinrai.importers.upload.trial import SheetTrial, UploadTrial

OF_FILES: Final = ("mapping", "zone", "ours")
LONGEST: Final = 200
LONGEST_NAME: Final = 80

Choices = dict[str, Any]


def file_choices(form: QueryDict, before: Mapping[str, Any]) -> Choices:
    """Return the choices that need no look into the files: mapping, zone, our own addresses.

    Raises: BadMapping.
    """
    said = {name: _clean(form.get(name, before.get(name, ""))) for name in OF_FILES}
    check_name(said["mapping"])
    return {name: value for name, value in said.items() if value}


def sheet_choices(form: QueryDict, trial: UploadTrial, before: Mapping[str, Any]) -> Choices:
    """Return the choices about a sheet; below another header its columns are guessed anew."""
    name = _clean(form.get("name", ""))[:LONGEST_NAME] or before.get("name", "")
    found: Choices = {"mapping": BY_COLUMNS, "name": name}
    if zone := _clean(form.get("zone", trial.sheet.zone if trial.sheet else "")):
        found["zone"] = zone
    seen, row = trial.preview, _clean(form.get("header_row", ""))
    if seen is not None and row.isdecimal() and (not trial.sheet or int(row) != seen.header_row):
        sheet = {"table": seen.sheet} if seen.sheet else {}
        return {**found, **sheet, "header_row": int(row)}
    if trial.sheet is None:
        return {**found, **{key: before[key] for key in ("table", "header_row") if key in before}}
    table = _clean(form.get("table", trial.sheet.table))
    if table != trial.sheet.table:
        return {**found, "table": table}
    return {**found, **_as_read(form, trial.sheet, before)}


def _as_read(form: QueryDict, sheet: SheetTrial, before: Mapping[str, Any]) -> Choices:
    taken = {one.name: one.taken for one in sheet.questions}
    found: Choices = {}
    for key in ("table", "header_row"):
        if key in before or key in taken:
            found[key] = before.get(key, taken.get(key))
    shown = {
        **taken,
        "record": sheet.record,
        "day_order": sheet.day_order or taken.get("day_order"),
    }
    shown["year"] = before.get("year", taken.get("year"))
    for key in ("record", "day_order", "year"):
        value = _clean(form.get(key, shown[key]))
        if value:
            found[key] = value
    roles: dict[str, list[str]] = {role: [] for role in OFFERED}
    for column in sheet.columns:
        role = form.get(f"role-{column.letter}", column.role)
        if role in roles:
            roles[role].append(column.letter)
    states = _pairs(form, "state", list(sheet.states), sheet.states)
    reasons = [f"{group.field}:{group.code}" for group in sheet.set_aside]
    mends = {**before.get("mends", {}), **_pairs(form, "mend", reasons, {})}
    return {
        **found,
        "roles": roles,
        # what is known anyway is not kept: a column of names may be taken for one of states
        "states": {word: said for word, said in states.items() if said != _known(word)},
        "mends": {reason: mend for reason, mend in mends.items() if mend},
    }


def _known(word: str) -> str:
    return meaning_of(word) or NOTHING


def _pairs(
    form: QueryDict, name: str, keys: Sequence[str], shown: Mapping[str, str]
) -> dict[str, str]:
    """Return by key what was chosen in the drop-downs NAME-1, NAME-2 …"""
    return {
        key: _clean(form.get(f"{name}-{n}", shown.get(key, "")))
        for n, key in enumerate(keys, start=1)
    }


def _clean(text: object) -> str:
    """Shorten typed text and replace NUL, which PostgreSQL's JSON cannot hold."""
    return str(text or "").strip()[:LONGEST].replace("\x00", "\ufffd")
