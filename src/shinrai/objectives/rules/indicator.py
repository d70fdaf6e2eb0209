"""The indicator of an objective: where OpenSLO leaves room, which clock of ours it names."""

import re
from collections.abc import Mapping
from typing import Any, cast

from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.parts import BadCalendar
from shinrai.objectives.rules.complaints import Complaints
from shinrai.objectives.rules.definition import (
    CLOCKS,
    MODES,
    PAUSES,
    READINGS,
    BusinessDays,
    BusinessSeconds,
    ClockDefinition,
    ClockName,
    Mode,
    PauseKind,
    Reading,
    Within,
)

SOURCE_TYPE = "shinrai"
LONGEST_S = 10 * 366 * 86_400
SPEC_FIELDS = ("clock", "mode", "tier", "calendar", "within", "pauses")
RATIO_FIELDS = ("counter", "good", "bad", "total", "rawType", "raw")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def read_indicator(
    value: Any, where: str, complaints: Complaints
) -> tuple[str, ClockDefinition | None]:
    """Read an inline indicator: its name, and the clock its metric source names."""
    fields = complaints.mapping(value, where, ("metadata", "spec"))
    name = ""
    if "metadata" in fields:
        metadata_fields = ("name", "displayName", "labels", "annotations")
        metadata = complaints.mapping(fields["metadata"], f"{where}.metadata", metadata_fields)
        name = complaints.text(metadata.get("name"), f"{where}.metadata.name", required=True)
    spec_fields = ("description", "thresholdMetric", "ratioMetric")
    spec = complaints.mapping(fields.get("spec"), f"{where}.spec", spec_fields)
    metrics = [key for key in ("thresholdMetric", "ratioMetric") if key in spec]
    if len(metrics) != 1:
        if isinstance(fields.get("spec"), Mapping):
            complaints.add(
                f"{where}.spec",
                f"has {len(metrics)} metrics",
                "give exactly one of thresholdMetric and ratioMetric",
            )
        return name, None
    place = f"{where}.spec.{metrics[0]}"
    sources = (
        {place: spec["thresholdMetric"]}
        if metrics[0] == "thresholdMetric"
        else _ratio_sources(spec["ratioMetric"], place, complaints)
    )
    return name, _one_clock(sources, complaints)


def write_indicator(name: str, clock: ClockDefinition) -> dict[str, Any]:
    """Write an indicator: a ratio that is already one, kept clocks out of those due."""
    within = clock.within
    spec: dict[str, Any] = {
        "clock": clock.clock,
        "mode": clock.mode,
        "calendar": clock.calendar,
        "within": {"business_days": within.days, "by": within.by}
        if isinstance(within, BusinessDays)
        else {"business_seconds": within.seconds},
        "pauses": list(clock.pauses),
    }
    if clock.tier is not None:
        spec["tier"] = clock.tier
    source = {"metricSource": {"type": SOURCE_TYPE, "spec": spec}}
    indicator: dict[str, Any] = {"spec": {"ratioMetric": {"rawType": "success", "raw": source}}}
    if name:
        indicator["metadata"] = {"name": name}
    return indicator


def _ratio_sources(value: Any, where: str, complaints: Complaints) -> dict[str, Any]:
    """List the metrics of a ratio: raw, or total with good or bad (all must name one clock)."""
    fields = complaints.mapping(value, where, RATIO_FIELDS)
    given = {key for key in ("good", "bad", "total", "raw") if key in fields}
    if given not in ({"raw"}, {"good", "total"}, {"bad", "total"}):
        complaints.add(
            where,
            f"has {', '.join(sorted(given)) or 'no metric'}",
            "give raw alone, or total with one of good and bad",
        )
        return {}
    if given == {"raw"} and fields.get("rawType") != "success":
        complaints.add(f"{where}.rawType", "must be success", "kept clocks are the good ones")
    return {f"{where}.{key}": fields[key] for key in sorted(given)}


def _one_clock(sources: Mapping[str, Any], complaints: Complaints) -> ClockDefinition | None:
    clocks: dict[str, ClockDefinition] = {}
    for where, metric in sources.items():
        holder = complaints.mapping(metric, where, ("metricSource",))
        place = f"{where}.metricSource"
        source_fields = ("metricSourceRef", "type", "spec")
        source = complaints.mapping(holder.get("metricSource"), place, source_fields)
        if not source:
            continue
        if source.get("type") != SOURCE_TYPE:
            complaints.add(
                f"{place}.type",
                f"is {source.get('type')!r}",
                f"only {SOURCE_TYPE!r} can be measured here",
            )
            continue
        if clock := _clock(source.get("spec"), f"{place}.spec", complaints):
            clocks[f"{place}.spec"] = clock
    places = list(clocks)
    if len(places) == 2 and clocks[places[0]] != clocks[places[1]]:
        complaints.add(places[1], "names another clock", f"repeat the spec of {places[0]}")
    return clocks[places[0]] if places else None


def _clock(value: Any, where: str, complaints: Complaints) -> ClockDefinition | None:
    spec = complaints.mapping(value, where, SPEC_FIELDS)
    if not spec:
        return None
    clock = complaints.one_of(spec.get("clock"), f"{where}.clock", CLOCKS)
    mode = complaints.one_of(
        spec.get("mode"),
        f"{where}.mode",
        MODES,
        why="modes never mix in a figure, so an objective is for one of them: ",
    )
    tier: int | None = None
    if clock == "held":
        tier = complaints.whole(
            spec.get("tier"), f"{where}.tier", least=1, most=9, unit="tier numbers"
        )
    elif "tier" in spec:
        complaints.add(f"{where}.tier", "only the clock 'held' has a tier", "leave it out")
    return ClockDefinition(
        clock=cast(ClockName, clock),
        mode=cast(Mode, mode),
        within=_within(spec.get("within"), f"{where}.within", complaints),
        calendar=_calendar(spec.get("calendar"), f"{where}.calendar", complaints),
        pauses=_pauses(spec.get("pauses"), f"{where}.pauses", complaints),
        tier=tier,
    )


def _within(value: Any, where: str, complaints: Complaints) -> Within:
    fields = complaints.mapping(value, where, ("business_days", "by", "business_seconds"))
    if ("business_days" in fields) == ("business_seconds" in fields):
        if fields or isinstance(value, Mapping):
            complaints.add(where, "must say how long", "give business_days or business_seconds")
        return BusinessSeconds(0)
    if "business_seconds" in fields:
        if "by" in fields:
            complaints.add(f"{where}.by", "says nothing beside business_seconds", "leave it out")
        seconds = complaints.whole(
            fields["business_seconds"],
            f"{where}.business_seconds",
            least=1,
            most=LONGEST_S,
            unit="seconds",
        )
        return BusinessSeconds(seconds)
    days = complaints.whole(
        fields["business_days"], f"{where}.business_days", least=0, most=2_000, unit="days"
    )
    why = "'2 business days' can be read in two ways: "
    by = complaints.one_of(fields.get("by"), f"{where}.by", READINGS, why=why)
    return BusinessDays(days, cast(Reading, by))


def _calendar(value: Any, where: str, complaints: Complaints) -> str | Mapping[str, Any]:
    if isinstance(value, Mapping):
        try:
            read_calendar(value)
        except BadCalendar as error:
            complaints.add(where, str(error), "or name a saved calendar instead")
        return value
    if not isinstance(value, str) or not NAME.fullmatch(value):
        what = "is missing" if value is None else f"{value!r} is no name of a calendar"
        complaints.add(where, what, "name a saved calendar (a-z, 0-9, -), or write one inline")
        return ""
    return value


def _pauses(value: Any, where: str, complaints: Complaints) -> tuple[PauseKind, ...]:
    if not isinstance(value, list | tuple):
        what = "is missing" if value is None else "is no list"
        complaints.add(
            where, what, f"list which waits stop the clock ([] for none): {', '.join(PAUSES)}"
        )
        return ()
    for place, kind in enumerate(value):
        if kind not in PAUSES:
            complaints.add(
                f"{where}[{place}]", f"{kind!r} is not known", f"choose from: {', '.join(PAUSES)}"
            )
    return tuple(cast(PauseKind, kind) for kind in PAUSES if kind in value)
