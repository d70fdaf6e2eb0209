"""The first sentence of the overview and the queue: what is late, due next, and budgets."""

from collections.abc import Sequence
from typing import NamedTuple

from shinrai.objectives.rules.sentences import standings as sentences
from shinrai.objectives.rules.standing import Standing
from shinrai.units.text import Text

Clause = tuple[Text, bool]  # words, and whether they tell of lateness


class QueueCounts(NamedTuple):
    """The numbers of cases late, due by the next close (`close`, in words), and open in all."""

    late: int
    at_risk: int
    in_hand: int
    close: str
    is_promised: bool = True  # without an objective nothing has a due time


def queue_clauses(pressing: QueueCounts) -> list[Clause]:
    """Return the sentence about what is late and due next, as clauses without a full stop."""
    if not pressing.is_promised:
        return [(Text("Nothing is promised yet, so no case has a due time"), False)]
    if not pressing.in_hand:
        return [(Text("Nothing is waiting for us"), False)]
    late = Text("Nothing is late")
    if pressing.late:
        late = _late(pressing.late)
    said: list[Clause] = [(late, pressing.late > 0)]
    if pressing.close:
        said.append((_due(pressing), False))
    return said


def _due(pressing: QueueCounts) -> Text:
    count, close = pressing.at_risk, pressing.close
    if not count:
        return Text("nothing falls due by {close}", close=close)
    if pressing.late:
        return Text(
            "{count} more falls due by {close}",
            "{count:,} more fall due by {close}",
            count=count,
            close=close,
        )
    return Text(
        "{count} falls due by {close}", "{count:,} fall due by {close}", count=count, close=close
    )


def overview_clauses(
    pressing: QueueCounts, standings: Sequence[Standing], lost: Text | None = None
) -> list[Clause]:
    """Return what is lost, in the words of its own window; then what is late and due next.

    Where nothing is lost, one more clause says whether the objectives are met; where something is,
    none reassures.
    """
    said = queue_clauses(pressing)
    if lost is not None:
        losses = sum(one.is_lost for one in standings)
        several = [(sentences.promises(standings), True)] if losses > 1 else []
        return [*several, (lost, True), *(said if pressing.late else said[1:])]
    return [*said, (sentences.promises(standings), False)] if standings else said


def open_clauses(inquiries: int, investigations: int) -> list[Clause]:
    """Return clauses that count the open cases of a workspace that promises nothing yet."""
    counted = [
        Text("{count} inquiry is open", "{count:,} inquiries are open", count=inquiries),
        Text(
            "{count} investigation is open",
            "{count:,} investigations are open",
            count=investigations,
        ),
    ]
    there = [text for text, n in zip(counted, (inquiries, investigations), strict=True) if n] or [
        Text("No case is open")
    ]
    undue = Text("no objective says by when they are due")
    return [*((text, False) for text in there), (undue, False)]


def unpromised_clauses(count: int) -> list[Clause]:
    """Return clauses that count the open investigations no objective covers."""
    if not count:
        return [(Text("No investigation is open"), False)]
    is_open = Text(
        "{count} investigation is open", "{count:,} investigations are open", count=count
    )
    undue = Text("no objective says by when they are due")
    return [(is_open, False), (undue, False)]


def places_clauses(late: int, late_in: int, of: int) -> list[Clause]:
    """Return a clause: how many cases are late, and in how many of a visitor's workspaces."""
    if not late:
        return [(Text("Nothing is late in any of {of} workspaces", of=of), False)]
    if of == 1:
        return [(_late(late), True)]
    if late_in == of:
        text = Text(
            "{count} case is late, in {of} of {of} workspaces",
            "{count:,} cases are late, in {of} of {of} workspaces",
            count=late,
            of=of,
        )
        return [(text, True)]
    text = Text(
        "{count} case is late, in {late_in} of {of} workspaces",
        "{count:,} cases are late, in {late_in} of {of} workspaces",
        count=late,
        late_in=late_in,
        of=of,
    )
    return [(text, True)]


def _late(count: int) -> Text:
    return Text("{count} case is late", "{count:,} cases are late", context="all", count=count)
