"""Exports of desks that are recognised by their columns, and what each of them cannot know."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from shinrai.importers.sheet.role_words import compared
from shinrai.units.text import Text

_FILE: Final = resources.files("shinrai.importers.sheet") / "desk_exports.toml"
_COLUMNS: Final[Mapping[str, list[list[str]]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_NO_HISTORY: Final = Text("it holds no history, so send-backs and waits are in none of its columns")
LACKS: Final[Mapping[str, Text]] = {
    "Zendesk": Text("a view holds neither send-backs nor waits, so no pause is taken off"),
    "Jira": _NO_HISTORY,
    "Backlog": Text("it says when an issue was last changed, and not when it was resolved"),
    "kintone": Text("send-backs and waits are known only if the app has fields of dates for them"),
    "Redmine": _NO_HISTORY,
    "GitHub": Text("it says when an issue was closed, and not when it was answered"),
    "ServiceNow": Text("a list holds no history, so the time on hold is in none of its columns"),
    "Salesforce": Text("a report holds no history of a case, so waits are in none of its columns"),
    "Google Forms": Text(
        "a form says when it was sent; when it was answered is known only if you added a column"
    ),
}


@dataclass(frozen=True)
class DeskExport:
    """An export of a desk, and what is not in it."""

    desk: str
    lacks: Text


def desk_export(columns: Iterable[str]) -> DeskExport | None:
    """Return the desk whose export has these columns, if it is a known one."""
    names = set(map(compared, columns))
    for desk, headers in _COLUMNS.items():
        if any(names.issuperset(map(compared, header)) for header in headers):
            return DeskExport(desk, LACKS[desk])
    return None
