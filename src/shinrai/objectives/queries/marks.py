"""What every chart of a workspace marks: declared events, imports, and changed definitions.

`site` hands them to every page as `chart_marks`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.charts.marks import ChartMark
from shinrai.console.reader import reader_text
from shinrai.ledger.queries import import_moments
from shinrai.objectives.queries.showing import definition_changes
from shinrai.quality.queries.words import NAMES
from shinrai.topics.queries import changes
from shinrai.units.text import Text
from shinrai.warehouse.measure_versions import version_changes


def marks_of(workspace: WorkspaceRecord) -> tuple[ChartMark, ...]:
    """Return the marks of a workspace in order of date, with words in the reader's language."""
    declared = (
        ChartMark(one.first_on, one.last_on, _name(one.name, one.service))
        for one in declared_events(workspace_id=workspace.id)
    )
    derived = {
        (at.astimezone(zone_named(workspace.zone)).date(), reader_text(words))
        for at, words in _derived(workspace.id)
    }
    found = (*declared, *(ChartMark(on, on, words, is_derived=True) for on, words in derived))
    return tuple(sorted(found, key=lambda mark: (mark.first_on, mark.label)))


def _name(name: str, service: str) -> str:
    return f"{name} ({service})" if service else name


def _derived(workspace_id: int) -> Iterator[tuple[datetime, Text]]:
    for at, source in import_moments(workspace_id=workspace_id):
        yield at, Text("import {source}", source=source)
    for at, title in definition_changes(workspace_id=workspace_id):
        yield at, Text("changed: {title}", title=title)
    for at, key, version in version_changes():
        named = Text("{name}, version {n}", name=NAMES.get(key, key), n=version)
        yield at, Text("changed: {title}", title=named)
    for at in _after_first_day(change.at for change in changes(workspace_id=workspace_id)):
        yield at, Text("codebook changed")


def _after_first_day(moments: Iterable[datetime]) -> Iterator[datetime]:
    """Leave out the day a codebook was begun on: nothing was counted otherwise before."""
    first: date | None = None
    for at in moments:
        first = first or at.date()
        if at.date() != first:
            yield at
