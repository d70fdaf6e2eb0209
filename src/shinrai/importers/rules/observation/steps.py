"""Makes the steps a row holds: one for every part of the mapping whose time is in the row."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from shinrai.importers.rules.cells import tidy
from shinrai.importers.rules.mapping.definition import StepPart
from shinrai.importers.rules.observation.cell_values import (
    CellReader,
    Cells,
    NamedPerson,
    UnreadableRow,
)
from shinrai.inquiries.rules import substantive
from shinrai.units.text import Text


class RowStep(msgspec.Struct, omit_defaults=True):
    """A step as a row holds it; packed as a map, without the fields it does not have.

    A `Struct`, as it takes less time and memory than a dict.
    """

    key: str
    kind: str
    at: int
    order: int
    role: str
    detail: dict[str, Any] | None = None
    by: NamedPerson | None = None
    tier: int | None = None


Steps = list[RowStep]
Make = Callable[[Cells, dict[str, str]], Steps]
STRIDE = 100  # room between the steps of one row, for those that one cell holds several of


def with_substance(detail: dict[str, Any], words: str) -> None:
    """Add to the details whether a message is substantive, and the version of that rule."""
    attachments = detail.get("attachments") or 0
    detail["substantive"] = substantive.is_substantive(words, attachments=attachments)
    detail["substantive_rule"] = substantive.VERSION


def step_maker(part: StepPart, reader: CellReader, number: int, among: Sequence[StepPart]) -> Make:
    """Return a function that makes the steps of one part of the mapping from a row."""
    earlier = sum(other.kind == part.kind for other in among[:number])
    key = part.kind if not earlier else f"{part.kind}-{earlier + 1}"
    if part.each is None:
        return _single(part, reader, key, number * STRIDE)
    return _several(part, reader, key, number * STRIDE)


def _single(part: StepPart, reader: CellReader, key: str, order: int) -> Make:
    at = reader.moment(part.at)
    name = reader.name(part.at)
    by = reader.value(part.by) if part.by else None
    tier = reader.value(part.tier) if part.tier else None
    detail = [(field, reader.value(value)) for field, value in part.detail]
    words = reader.text_if_there(part.words)
    when, unless = reader.condition(part.when), reader.condition(part.unless)
    needs = [reader.cell(value) for value in part.needs]
    is_message = part.kind in ("inbound", "outbound")

    def make(cells: Cells, texts: dict[str, str]) -> Steps:
        if (when is not None and not when(cells)) or (unless is not None and unless(cells)):
            return []
        happened = at(cells)
        if happened is None:
            if part.required:
                raise UnreadableRow(
                    name,
                    Text("the cell is empty, and without it nothing was {kind}", kind=part.kind),
                )
            return []
        if any(cell(cells) is None for cell in needs):
            return []
        found = {field: value for field, take in detail if (value := take(cells)) is not None}
        text = words(cells) if words is not None else None
        if text:
            texts[key] = text
        if is_message and words is not None:
            with_substance(found, text or "")
        if part.doubt:
            found["doubt"] = part.doubt
        step = RowStep(key, part.kind, happened, order, part.role, found or None)
        if by is not None:
            step.by = by(cells)
        if tier is not None:
            step.tier = tier(cells)
        return [step]

    return make


def _several(part: StepPart, reader: CellReader, key: str, order: int) -> Make:
    """Return a function that makes a step for each of several columns, or parts of a cell."""
    assert part.each is not None
    every = reader.all_cells(part.each)
    names = part.cell.into if part.cell else (part.each.columns[0],)
    inner = _single(part, reader.for_cell_parts(names, reader.name(part.each)), key, order)
    split = part.cell.split if part.cell else None

    def make(cells: Cells, texts: dict[str, str]) -> Steps:
        steps: Steps = []
        seen: dict[int, int] = {}
        for text in every(cells):
            parts = text.split(split, len(names) - 1) if split is not None else [text]
            if len(parts) != len(names):
                raise UnreadableRow(
                    tidy(part.each.columns[0]) if part.each else "",
                    Text(
                        "the cell does not split into {names} at {split!r}",
                        names=[*names],
                        split=split,
                    ),
                    text,
                )
            found: dict[str, str] = {}
            for step in inner(parts, found):
                # Named by its moment, not its place: next week's export may list it elsewhere.
                again = seen[step.at] = seen.get(step.at, 0) + 1
                own = f"{key}@{step.at}" + (f"-{again}" if again > 1 else "")
                if key in found:
                    texts[own] = found[key]
                step.key, step.order = own, min(order + len(steps), order + 99)
                steps.append(step)
        return steps

    return make
