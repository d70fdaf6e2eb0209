"""Answers as they may be shared outside: without the counts of a few persons."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shinrai.units.text import Text
from shinrai.usage.queries.scope import BadUsageQuestion
from shinrai.usage.rules.suppression import CellSum, hidden_cells

Cells = dict[Any, int]
Laid = tuple[Cells, list[CellSum[Any]]]
TOTAL: Final = "total"


def shared(name: str, document: Any, *, k: int) -> Any:
    """Return a question's document with None for what fewer than `k` persons stand behind.

    Raises: BadUsageQuestion where an answer names persons.
    """
    if name not in SHARED:
        raise BadUsageQuestion(
            Text(
                "{name} says something of single persons; to share are {known}",
                name=name,
                known=", ".join(SHARED),
            )
        )
    if k < 2:
        raise BadUsageQuestion(Text("a shared figure holds at least 2 persons, not {k}", k=k))
    return SHARED[name](document, k)


def _triangle(document: Any, k: int) -> Any:
    """Hide who came back, and who did not: both are the cohort."""
    cohorts = []
    for one in document["cohorts"]:
        cells: Cells = {TOTAL: one["size"]}
        sums = []
        for column, count in enumerate(one["returned"]):
            if count is not None:
                cells |= {column: count, ("not", column): one["size"] - count}
                sums.append(CellSum(TOTAL, (column, ("not", column))))
        hidden = hidden_cells(cells, sums, k=k)
        returned = [None if n in hidden else count for n, count in enumerate(one["returned"])]
        cohorts.append(
            {
                **one,
                "size": None if TOTAL in hidden else one["size"],
                "returned": returned,
                **({"same_bucket": None} if "same_bucket" in one else {}),
                **({"intervals": _kept(one["intervals"], returned)} if "intervals" in one else {}),
            }
        )
    return document | {"cohorts": cohorts}


def _kept(intervals: list[Any], returned: list[int | None]) -> list[Any]:
    return [
        None if count is None else interval
        for count, interval in zip(returned, intervals, strict=True)
    ]


def _counts(document: Any, k: int) -> Any:
    shown = {}
    for name, counts in document.items():
        cells = {**counts, TOTAL: sum(counts.values())}
        hidden = hidden_cells(cells, [CellSum(TOTAL, tuple(counts))], k=k)
        shown[name] = {key: None if key in hidden else count for key, count in counts.items()}
    return shown


def _lifecycle(document: Any, k: int) -> Any:
    """Hide by two sums: who is active, and that the active of before return or are dormant."""
    cells: Cells = {}
    sums: list[CellSum[Any]] = []
    for n, row in enumerate(document):
        parts = ("new", "returning", "resurrecting")
        cells |= {(n, part): row[part] for part in parts}
        cells[n, TOTAL] = sum(row[part] for part in parts)
        sums.append(CellSum((n, TOTAL), tuple((n, part) for part in parts)))
        if row["dormant"] is not None:
            cells[n, "dormant"] = row["dormant"]
            cells.setdefault((n - 1, TOTAL), row["returning"] + row["dormant"])
            sums.append(CellSum((n - 1, TOTAL), ((n, "returning"), (n, "dormant"))))
    hidden = hidden_cells(cells, sums, k=k)
    return [
        {name: None if (n, name) in hidden else value for name, value in row.items()}
        for n, row in enumerate(document)
    ]


def _rows(document: Any, k: int) -> Any:
    """Hide single counts; who was active in 7 days is no sum of those of each."""
    return [
        {
            name: None if isinstance(value, int) and 0 < value < k else value
            for name, value in row.items()
        }
        for row in document
    ]


def _months(document: Any, k: int) -> Any:
    """Hide who kept a month and who did not: both are its learners."""
    found = []
    for row in document:
        cells: Cells = {"joined_or_left": row["joined_or_left"]}
        sums = []
        if row["learners"] is not None:
            cells |= {"learners": row["learners"], "kept": row["kept"]}
            cells["not"] = row["learners"] - row["kept"]
            sums.append(CellSum("learners", ("kept", "not")))
        hidden = hidden_cells(cells, sums, k=k)
        hidden |= {"low", "high"} if "kept" in hidden else set()
        found.append({name: None if name in hidden else value for name, value in row.items()})
    return found


SHARED: Final[Mapping[str, Callable[[Any, int], Any]]] = {
    "retention": _triangle,
    "stickiness": _counts,
    "lifecycle": _lifecycle,
    "active": _rows,
    "learning-retention": _months,
}
