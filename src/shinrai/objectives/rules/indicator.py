"""Read and write an objective's indicator: which of our clocks it measures."""

import re
from collections.abc import Mapping
from typing import Any, cast

from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar, is_calendar_name
from shinrai.objectives.rules.complaints import IS_MISSING, LEAVE_OUT, NO_LIST, Complaints
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
from shinrai.units.text import Text

SOURCE_TYPE = "shinrai"
LONGEST_S = 10 * 366 * 86_400
SPEC_FIELDS = ("clock", "mode", "tier", "calendar", "within", "pauses")
RATIO_FIELDS = ("counter", "good", "bad", "total", "rawType", "raw")
TIERS = Text("tier numbers")
DAYS = Text("days")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def read_indicator(
    value: Any, where: str, complaints: Complaints
) -> tuple[str, ClockDefinition | None]:
    """Return the name of an inline indicator, and the clock its metric source defines."""
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
                Text("has {count} metrics", count=len(metrics)),
                Text("give exactly one of thresholdMetric and ratioMetric"),
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
    """Return an indicator as a document: a `raw` ratio metric of type `success`."""
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
    """Return the metrics of a ratio by place: raw, or total with good or bad."""
    fields = complaints.mapping(value, where, RATIO_FIELDS)
    given = {key for key in ("good", "bad", "total", "raw") if key in fields}
    if given not in ({"raw"}, {"good", "total"}, {"bad", "total"}):
        complaints.add(
            where,
            Text("has {given}", given=", ".join(sorted(given))) if given else Text("has no metric"),
            Text("give raw alone, or total with one of good and bad"),
        )
        return {}
    if given == {"raw"} and fields.get("rawType") != "success":
        complaints.add(
            f"{where}.rawType",
            Text("must be success"),
            Text("kept clocks are the good ones"),
        )
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
                Text("is {source!r}", source=source.get("type")),
                Text("only {source_type!r} can be measured here", source_type=SOURCE_TYPE),
            )
            continue
        if clock := _clock(source.get("spec"), f"{place}.spec", complaints):
            clocks[f"{place}.spec"] = clock
    places = list(clocks)
    if len(places) == 2 and clocks[places[0]] != clocks[places[1]]:
        complaints.add(
            places[1],
            Text("names another clock"),
            Text("repeat the spec of {places}", places=places[0]),
        )
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
        why=Text("modes never mix in a figure, so an objective is for one of them: "),
    )
    tier: int | None = None
    if clock == "held":
        tier = complaints.whole(
            spec.get("tier"),
            f"{where}.tier",
            least=1,
            most=9,
            unit=Text("tier numbers"),
        )
    elif "tier" in spec:
        complaints.add(
            f"{where}.tier",
            Text("only the clock 'held' has a tier"),
            LEAVE_OUT,
        )
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
            complaints.add(
                where,
                Text("must say how long"),
                Text("give business_days or business_seconds"),
            )
        return BusinessSeconds(0)
    if "business_seconds" in fields:
        if "by" in fields:
            complaints.add(
                f"{where}.by",
                Text("says nothing beside business_seconds"),
                LEAVE_OUT,
            )
        seconds = complaints.whole(
            fields["business_seconds"],
            f"{where}.business_seconds",
            least=1,
            most=LONGEST_S,
            unit=Text("seconds"),
        )
        return BusinessSeconds(seconds)
    days = complaints.whole(
        fields["business_days"],
        f"{where}.business_days",
        least=0,
        most=2_000,
        unit=Text("days"),
    )
    why = Text("'2 business days' can be read in two ways: ")
    by = complaints.one_of(fields.get("by"), f"{where}.by", READINGS, why=why)
    return BusinessDays(days, cast(Reading, by))


def _calendar(value: Any, where: str, complaints: Complaints) -> str | Mapping[str, Any]:
    if isinstance(value, Mapping):
        if complaints.is_stored:
            return value
        try:
            read_calendar(value)
        except BadCalendar as error:
            instead = Text("or name a saved calendar instead")
            complaints.add(where, error.text, instead)
        return value
    if not isinstance(value, str) or not is_calendar_name(value):
        no_name = Text("{value!r} is no name of a calendar", value=value)
        complaints.add(
            where,
            IS_MISSING if value is None else no_name,
            Text("name a saved calendar, or write one inline"),
        )
        return ""
    return value


def _pauses(value: Any, where: str, complaints: Complaints) -> tuple[PauseKind, ...]:
    if not isinstance(value, list | tuple):
        complaints.add(
            where,
            IS_MISSING if value is None else NO_LIST,
            Text(
                "list which waits stop the clock ([] for none): {pauses}", pauses=", ".join(PAUSES)
            ),
        )
        return ()
    for place, kind in enumerate(value):
        if kind not in PAUSES:
            complaints.add(
                f"{where}[{place}]",
                Text("{kind!r} is not known", kind=kind),
                Text("choose from: {pauses}", pauses=", ".join(PAUSES)),
            )
    return tuple(cast(PauseKind, kind) for kind in PAUSES if kind in value)
