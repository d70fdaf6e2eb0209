"""ServiceNow's own counters, which are on every row of its log, compared with ours.

What the counters do was found by comparing all pairs of rows of 17,136 incidents.
`reassignment_count` rises by one whenever the group cell differs from the row before, emptied and
filled cells included, and in 80 pairs although both rows show the same group. `reopen_count` rises
with every return from Resolved or Closed; if the number of a row runs backwards, we count one more.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shinrai.importers.rules.derive.states import DONE
from shinrai.importers.rules.derive.step import StoredRow
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import (
    DifferencePart,
    SourceFigure,
    Value,
    stated_number,
    stated_word,
)
from shinrai.importers.rules.reconciliation.reasons import other_reading
from shinrai.importers.rules.reconciliation.times import handovers, last_step, reopenings
from shinrai.units.moments import from_us
from shinrai.units.text import Text


def _between_rows(evidence: Evidence, _: Value, __: Value | None) -> Sequence[DifferencePart]:
    """Return the rows at which the counter rose without one of our hand-overs."""
    return list(_reassigned(evidence))


def _reassigned(evidence: Evidence) -> Iterator[DifferencePart]:
    name = "reassignment_count"
    rows = evidence.rows
    held = _group(rows[0]) if rows else None
    if rows and (before := _counter(rows[0], name)):
        yield DifferencePart("missing_step", before, _when(rows[0], _BEFORE))
    for earlier, later in evidence.pairs():
        was, now = _group(earlier), _group(later)
        handed = int(now is not None and held is not None and now != held)
        held = now if now is not None else held
        more = _counter(later, name) - _counter(earlier, name) - handed
        if more == 0:
            continue
        if was is not None and now is None:
            yield DifferencePart("definition", more, _when(later, _EMPTIED))
        elif was is None and now is not None:
            yield DifferencePart("definition", more, _when(later, _FILLED))
        elif was == now and more > 0:
            yield DifferencePart("missing_step", more, _when(later, _SAME_GROUP))
        elif _runs_back(earlier, later):
            yield DifferencePart("row_order", more, _when(later, _BACKWARDS))


def _reopened(evidence: Evidence, _: Value, __: Value | None) -> Sequence[DifferencePart]:
    """Return the rows at which only the state or only the counter shows a return."""
    found: list[DifferencePart] = []
    rows = evidence.rows
    if rows and (before := _counter(rows[0], "reopen_count")):
        found.append(DifferencePart("missing_step", before, _when(rows[0], _BEFORE)))
    state = "open"
    for place, row in enumerate(rows):
        new = row.facts.get("state") or state
        returned = int(state in DONE and new not in DONE)
        state = new
        if place == 0:
            continue
        more = _counter(row, "reopen_count") - _counter(rows[place - 1], "reopen_count") - returned
        if more < 0 and _runs_back(rows[place - 1], row):
            found.append(DifferencePart("row_order", more, _when(row, _BACKWARDS)))
        elif more > 0 and not returned:
            found.append(DifferencePart("missing_step", more, _when(row, _NO_RETURN)))
    return found


def _last_row_in(state: str) -> Callable[[Evidence], int | None]:
    """Return a function that finds the time of the last row with a state, changed or only saved."""
    return lambda evidence: max(
        (row.facts["at"] for row in evidence.rows if row.facts.get("state") == state), default=None
    )


def _counter(row: StoredRow, name: str) -> int:
    return stated_number(name)(row.facts.get("says", {})) or 0


def _group(row: StoredRow) -> str | None:
    for change in row.facts.get("changes", ()):
        if "group" in change["detail"]:
            return str(change["detail"]["group"])
    return None


def _runs_back(earlier: StoredRow, later: StoredRow) -> bool:
    return bool(later.facts["order"] < earlier.facts["order"])


def _when(row: StoredRow, what: Text) -> Text:
    return Text("{at:%Y-%m-%d %H:%M}: {what}", at=from_us(row.facts["at"]), what=what)


_BEFORE = Text("the log's first row already counts this many; they happened before it")
_EMPTIED = Text(
    "the group was emptied; the counter counts that, but no other group took the work over"
)
_FILLED = Text(
    "an empty group was filled; the counter counts that, but no other group handed the work over"
)
_SAME_GROUP = Text(
    "the counter rose between two rows of the same group: a change in between is not in the log"
)
_BACKWARDS = Text(
    "the row's own number runs backwards against its moment; read by the clock, the state returned"
)
_NO_RETURN = Text(
    "the counter rose although both rows stand in the same kind of state: the "
    "return is not in the log"
)

_SAVED_AGAIN = Text(
    "the moment of the last row that still shows this state: it was saved "
    "again after it had been reached, and only reaching it is a step"
)

METRICS: Final = (
    SourceFigure(
        name="made_sla",
        unit="word",
        definition=Text("whether the incident kept the promise the platform had for it"),
        ours=Text("not computed"),
        says=stated_word("made_sla"),
        we_say=lambda _: None,
        why_not=Text(
            "the log holds neither the targets nor the calendar behind the verdict, so "
            "nothing can be computed to compare it with; it is kept as the source "
            "says. Promises of your own are judged by objectives"
        ),
    ),
    SourceFigure(
        name="reopen_count",
        unit="count",
        definition=Text("how often the incident came back from Resolved or Closed"),
        ours=Text("the standing steps `reopened`"),
        says=stated_number("reopen_count"),
        we_say=reopenings,
        explain=(_reopened,),
    ),
    SourceFigure(
        name="reassignment_count",
        unit="count",
        definition=Text(
            "how often the assignment group changed, emptied and filled again included"
        ),
        ours=Text("hand-overs: changes from one holding group to another"),
        says=stated_number("reassignment_count"),
        we_say=handovers,
        explain=(_between_rows,),
    ),
    SourceFigure(
        name="resolved_at",
        unit="moment",
        definition=Text("when it was resolved"),
        ours=Text("the last standing step `solved`"),
        says=stated_number("resolved_at"),
        we_say=last_step("solved"),
        explain=(other_reading(_last_row_in("solved"), _SAVED_AGAIN),),
    ),
    SourceFigure(
        name="closed_at",
        unit="moment",
        definition=Text("when it was closed", context="importers"),
        ours=Text("the last standing step `closed`"),
        says=stated_number("closed_at"),
        we_say=last_step("closed"),
        explain=(other_reading(_last_row_in("closed"), _SAVED_AGAIN),),
    ),
)
