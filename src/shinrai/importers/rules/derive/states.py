"""A log of states: each row has the state of the case, and steps are derived between the rows."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from shinrai.importers.rules.derive.step import CaseDoubt, DerivedStep, StoredRow, step_key

STRIDE = 10  # room between the steps of one row
DONE = frozenset({"solved", "closed", "answered", "withdrawn"})


def steps_between_states(
    rows: Sequence[StoredRow], notes: list[CaseDoubt]
) -> tuple[list[DerivedStep], frozenset[str]]:
    """Return the steps between rows, and the keys of steps to doubt, as the clock ran backwards.

    Rows are read in the order of (moment, number, key): minutes alone do not order them. If the
    numbers disagree with the clock, nobody knows which is right, so that is noted.
    """
    ordered = sorted(rows, key=_place)
    steps: list[DerivedStep] = []
    if not ordered:
        return steps, frozenset()
    runs_back = any(
        later.facts["order"] < earlier.facts["order"] for earlier, later in pairwise(ordered)
    )
    if runs_back:
        notes.append(CaseDoubt("non_monotonic", ordered[0].facts["at"]))
    steps += _opening(ordered)
    state = "open"
    held: dict[int, list[Any]] = {}
    for seen in ordered:
        base = (seen.facts["order"][0] if seen.facts["order"] else 0) * STRIDE + 1
        is_again = seen.facts.get("again", False)
        leaving, entering = _moves(state, seen.facts.get("state"), is_again=is_again)
        state = seen.facts.get("state") or state
        # Whoever is assigned in the row that solves a case held it before it was solved.
        own = [_step(seen, kind, kind, {}) for kind in leaving]
        for number, change in enumerate(seen.facts.get("changes", ())):
            if _is_news(held, number, change["watch"]):
                name = change["kind"] if not number else f"{change['kind']}-{number + 1}"
                step = _step(seen, name, change["kind"], change["detail"])
                own.append(step._replace(role=change["role"], tier=change.get("tier")))
        for kind, detail in entering:
            doubt = seen.facts.get("doubt")
            more = seen.facts.get("detail", {}) | ({"doubt": doubt} if doubt else {})
            own.append(_step(seen, kind, kind, more | detail))
        steps += (step._replace(source_order=base + place) for place, step in enumerate(own))
    doubtful = frozenset(step.source_key for step in steps) if runs_back else frozenset()
    return steps, doubtful


def _place(seen: StoredRow) -> tuple[int, list[int], str]:
    return (seen.facts["at"], seen.facts["order"], seen.row_key)


def _opening(ordered: Sequence[StoredRow]) -> Iterator[DerivedStep]:
    for seen in ordered:
        begins = seen.facts.get("begins")
        if begins is None:
            continue
        yield DerivedStep(
            source_key=f"{seen.table}/{begins['kind']}",
            at_us=begins["at"],
            kind=begins["kind"],
            by=begins.get("by", "system"),
            role=begins["role"],
            tier=begins.get("tier"),
            detail=begins.get("detail", {}),
            words=None,
            source_order=-1,
        )
        return


def _step(seen: StoredRow, own: str, kind: str, detail: dict[str, Any]) -> DerivedStep:
    return DerivedStep(
        source_key=step_key(seen, own),
        at_us=seen.facts["at"],
        kind=kind,
        by=seen.facts.get("by", "system"),
        role=seen.facts["role"],
        tier=None,
        detail=detail,
        words=None,
        source_order=0,
    )


def _is_news(held: dict[int, list[Any]], number: int, watched: Sequence[Any]) -> bool:
    """Return whether a watched value changed; an empty cell is no change."""
    known = held.setdefault(number, [None] * len(watched))
    news = False
    for place, value in enumerate(watched):
        if value is not None and value != known[place]:
            known[place] = value
            news = True
    return news


def _moves(
    old: str, new: str | None, *, is_again: bool = False
) -> tuple[list[str], list[tuple[str, dict[str, Any]]]]:
    """Return the kinds of steps that leave one state, and those that enter the next."""
    if new is None or (new == old and not is_again):
        return [], []
    what, _, why = new.partition(":")
    was = old.partition(":")[0]
    leaving: list[str] = []
    if new == old:
        pass
    elif was == "cancelled":
        leaving.append("restored")
    elif was in DONE and not (was == "solved" and what == "closed") and what != "cancelled":
        leaving.append("reopened")
    elif what not in DONE and what != "cancelled":
        leaving += {"waiting": ["resumed"], "sent_back": ["resubmitted"]}.get(was, [])
    match what:
        case "waiting":
            return leaving, [("waiting", {"on": why})]
        case "cancelled":
            return leaving, [("cancelled", {"reason": why})]
        case "acknowledged":
            return leaving, [("acknowledged", {})] if was == "open" else []
        case "sent_back" | "solved" | "closed" | "answered" | "withdrawn":
            return leaving, [(what, {})]
    return leaving, []
