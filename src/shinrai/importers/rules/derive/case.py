"""The steps of a case, derived from everything observed about it, and the doubts about them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from shinrai.importers.rules.derive.messages import steps_of_messages
from shinrai.importers.rules.derive.states import steps_between_states
from shinrai.importers.rules.derive.step import (
    DOUBTS,
    CaseDoubt,
    DerivationContext,
    DerivedStep,
    StoredRow,
    words_in,
)
from shinrai.importers.rules.observation.rows import OPENINGS
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.rules.steps import Step
from shinrai.units.moments import EPOCH

ANSWERS: Final = ("outbound", "answered", "solved")
IN_ORDER: Final = attrgetter("at_us", "source_order", "source_key")
SECOND_US: Final = 1_000_000
NO_DETAIL: Final[Mapping[str, Any]] = {}
MERGED: Final = "received/merged"  # the receipt of another inquiry that was merged into this one
_new = tuple.__new__  # what a named tuple's own constructor calls, for millions of them


def derive(
    rows: Sequence[StoredRow], *, record: str, context: DerivationContext
) -> tuple[list[DerivedStep], list[CaseDoubt]]:
    """Derive a case's steps from all its rows, in their order; return them and the doubts.

    `rows` holds the newest observation of every row. A row that belongs to another table's case,
    such as an answer to a question, makes no step until that case has rows too.
    """
    notes: list[CaseDoubt] = []
    if all(row.joins for row in rows):
        return [], [CaseDoubt("orphan")]
    cases = [row for row in rows if row.rows in ("cases", "steps")]
    steps, doubtful = _steps_in_rows(cases), frozenset[str]()
    if len(cases) < len(rows):
        states = [row for row in rows if row.rows == "states"]
        messages = [row for row in rows if row.rows == "messages"]
        customer = next((row.facts["customer"] for row in rows if row.facts.get("customer")), None)
        between, doubtful = steps_between_states(states, notes)
        steps += [*between, *steps_of_messages(messages, customer)]
    steps.sort(key=IN_ORDER)
    steps = _opening_first(steps)
    steps = _with_doubts(steps, doubtful, context, notes)
    if not steps and any(row.rows == "messages" for row in rows):
        notes.append(CaseDoubt("nobody_asked"))
    notes += _disorder(steps, record)
    return steps, notes


def _steps_in_rows(rows: Iterable[StoredRow]) -> list[DerivedStep]:
    """Return the steps that rows hold directly: sheets with a column per step, logs of steps."""
    return [
        _new(
            DerivedStep,
            (
                f"{table}/{row_key}/{step['key']}",
                step["at"],
                step["kind"],
                step.get("by", "system"),
                step["role"],
                step.get("tier"),
                step.get("detail", NO_DETAIL),
                words_in(words, step["key"]) if words else None,
                step["order"],
            ),
        )
        for table, _, row_key, facts, words, _ in rows
        for step in facts.get("steps", ())
    ]


def _opening_first(steps: list[DerivedStep]) -> list[DerivedStep]:
    """Put the step that opens a case before all other steps of its moment, from whichever table.

    A step given to the second only counts as of that moment, if the opening is more exact.
    """
    place = next((n for n, step in enumerate(steps) if _opens(step)), 0)
    if not place:
        return steps
    at_us = steps[place].at_us
    second_us = at_us - at_us % SECOND_US
    first = next(n for n, step in enumerate(steps) if step.at_us in (at_us, second_us))
    if first >= place:
        return steps
    order = min(step.source_order for step in steps[first:place]) - 1
    others = [
        step._replace(at_us=at_us) if step.at_us == second_us else step
        for step in (*steps[first:place], *steps[place + 1 :])
    ]
    return [
        *steps[:first],
        steps[place]._replace(source_order=order),
        *sorted(others, key=IN_ORDER),
    ]


def _opens(step: DerivedStep) -> bool:
    return step.kind in OPENINGS and "merged_from" not in step.detail


def _with_doubts(
    steps: Sequence[DerivedStep],
    doubtful: frozenset[str],
    context: DerivationContext,
    notes: list[CaseDoubt],
) -> list[DerivedStep]:
    """Mark the steps that averages should leave out; of several doubts the worst is written."""
    opening = next((step for step in steps if step.kind in OPENINGS), None)
    if not (doubtful or context.doubtful) and _in_order(steps, opening, context):
        return list(steps)
    marked: list[DerivedStep] = []
    for step in steps:
        codes = {"non_monotonic"} if step.source_key in doubtful else set[str]()
        if opening is not None and step.at_us < opening.at_us:
            code = _before(step, opening)
            codes.add(code)
            notes.append(CaseDoubt(code, step.at_us))
        if step.at_us > context.now_us:
            codes.add("future")
            notes.append(CaseDoubt("future", step.at_us))
        codes.update(time.code for time in context.doubtful if time.holds(step.at_us))
        worst = next((code for code in DOUBTS if code in codes), None)
        if worst is None:
            marked.append(step)
        else:
            marked.append(step._replace(detail={**step.detail, "doubt": worst}))
    return marked


def _in_order(
    steps: Sequence[DerivedStep], opening: DerivedStep | None, context: DerivationContext
) -> bool:
    """Return whether no step is before the opening or after now, by the first and last step."""
    return not steps or (
        (opening is None or steps[0].at_us >= opening.at_us) and steps[-1].at_us <= context.now_us
    )


def _before(step: DerivedStep, opening: DerivedStep) -> str:
    if step.kind in ANSWERS and step.by != opening.by:
        return "answered_before_asked"
    return "followed_up_before_asked" if step.kind == "inbound" else "before_opening"


def _disorder(steps: Sequence[DerivedStep], record: str) -> list[CaseDoubt]:
    """Return a doubt if the replay of the case finds a step that does not fit those before it."""
    kinds = tuple(
        [
            MERGED if step.kind == "received" and "merged_from" in step.detail else step.kind
            for step in steps
        ]
    )
    place = _first_unfit(kinds, record)
    return [] if place is None else [CaseDoubt("out_of_order", steps[place].at_us)]


@lru_cache(maxsize=50_000)
def _first_unfit(kinds: tuple[str, ...], record: str) -> int | None:
    """Return the index of the first step that does not fit; it depends on the kinds alone.

    Many cases are alike: a million of them have the same few thousand sequences of kinds.
    """
    told = [
        Step(number, EPOCH, EPOCH, "received", detail={"merged_from": ""})
        if kind == MERGED
        else Step(number, EPOCH, EPOCH, kind)
        for number, kind in enumerate(kinds)
    ]
    life = replay_inquiry(told) if record == "inquiry" else replay_investigation(told)
    return life.flags[0].sequence if life.flags else None
