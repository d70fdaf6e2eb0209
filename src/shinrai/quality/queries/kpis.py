"""Figures of quality by date of receipt, as `warehouse.kpis` hands them to lower packages."""

from functools import lru_cache
from typing import Any, Final

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.measures.behind import behind
from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.measures.population import population
from shinrai.quality.measures.topical import with_topics
from shinrai.quality.queries.words import NAMES
from shinrai.topics.facts import TOPICS
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text
from shinrai.warehouse.kpis import PERSON, Kpi, KpiQuestion, KpiRow
from shinrai.warehouse.parameters import of_shape, shape
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

# Fields by which a population is narrowed, and their columns.
FIELDS: Final = {
    "mode": "mode",
    "topic": "about",
    "channel": "channel",
    "source": "source",
    "account": "account",
}
FIELD_NAMES: Final = {
    "mode": Text("Mode"),
    "topic": Text("Topic"),
    "channel": Text("Channel"),
    "source": Text("Source"),
    "account": Text("Account"),
}
SHARES: Final = (
    *("next_business_day", "same_day", "first_reply", "solved", "one_reply", "reopened_14"),
    *("repeat_contact", "truly_solved", "self_resolved", "waited"),
)
MEANS: Final = {"round_trips": "runs_count", "handovers": "handovers_count"}


def kpi_by_date(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return what each date of receipt adds to a figure."""
    values = {"at": epoch_us(asked.at), "since": asked.since, "until": asked.until}
    only = tuple(sorted(asked.only.items()))
    rows = _rows(key, only, asked.by, shape(values))
    answers = run_all(
        warehouse,
        {"": rows},
        tables=(INQUIRIES, TOPICS),
        within={"workspace_id": asked.workspace_id},
        parameters=values,
    )
    return [
        KpiRow(row["on"], row["group"] or "", row["of"], row["total"] or 0, row.get("squares"))
        for row in answers[""].records()
    ]


@lru_cache(maxsize=64)
def _rows(key: str, only: tuple[tuple[str, str], ...], by: str, names: frozenset[str]) -> Any:
    import ibis

    every = with_topics(INQUIRIES.unbound(), TOPICS.unbound())
    found = population(every, **of_shape(names, "at", "since", "until"))
    for field, value in only:
        found = found.filter(found[FIELDS[field]] == value)
    rows = behind(found, every, key, at=of_shape(names, "at")["at"])
    group = ibis.literal("")
    if by:
        group = (rows.customer_id if by == PERSON else rows[FIELDS[by]]).cast("string")
    value = rows[MEANS[key]] if key in MEANS else rows.counted.cast("int64")
    sums = {"of": rows.count(), "total": value.sum()}
    if key in MEANS:
        sums["squares"] = (value * value).sum().cast("float64")
    return rows.group_by(on=rows.received_on, group=group).aggregate(**sums)


KPIS: Final = tuple(
    Kpi(
        measure=BY_KEY[key],
        name=NAMES[key],
        kind="mean" if key in MEANS else "share",
        fields=FIELD_NAMES,
        read=kpi_by_date,
    )
    for key in (*SHARES, *MEANS)
)
