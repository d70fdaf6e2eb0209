"""The indicator of an objective: where OpenSLO leaves room, which clock of ours it names."""

import re
from collections.abc import Mapping
from typing import Any, cast

from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar
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
from shinrai.units.wording import both

SOURCE_TYPE = "shinrai"
LONGEST_S = 10 * 366 * 86_400
SPEC_FIELDS = ("clock", "mode", "tier", "calendar", "within", "pauses")
RATIO_FIELDS = ("counter", "good", "bad", "total", "rawType", "raw")
TIERS = both(en="tier numbers", ja="何次か")
DAYS = both(en="days", ja="日数")
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
                both(en=f"has {len(metrics)} metrics", ja=f"指標が {len(metrics)} 個あります"),
                both(
                    en="give exactly one of thresholdMetric and ratioMetric",
                    ja="thresholdMetric か ratioMetric のどちらか一つを書いてください",
                ),
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
            both(
                en=f"has {', '.join(sorted(given)) or 'no metric'}",
                ja=f"書かれているのは {', '.join(sorted(given))} です"
                if given
                else "何も書かれていません",
            ),
            both(
                en="give raw alone, or total with one of good and bad",
                ja="raw だけか、total と good・bad のどちらか一つを書いてください",
            ),
        )
        return {}
    if given == {"raw"} and fields.get("rawType") != "success":
        complaints.add(
            f"{where}.rawType",
            both(en="must be success", ja="success と書いてください"),
            both(en="kept clocks are the good ones", ja="期限内の時計を良いものとして数えます"),
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
                both(
                    en=f"is {source.get('type')!r}", ja=f"`{source.get('type')!r}` になっています"
                ),
                both(
                    en=f"only {SOURCE_TYPE!r} can be measured here",
                    ja=f"ここで測れるのは「{SOURCE_TYPE}」だけです",
                ),
            )
            continue
        if clock := _clock(source.get("spec"), f"{place}.spec", complaints):
            clocks[f"{place}.spec"] = clock
    places = list(clocks)
    if len(places) == 2 and clocks[places[0]] != clocks[places[1]]:
        complaints.add(
            places[1],
            both(en="names another clock", ja="別の時計になっています"),
            both(en=f"repeat the spec of {places[0]}", ja=f"{places[0]} と同じ内容にしてください"),
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
        why=both(
            en="modes never mix in a figure, so an objective is for one of them: ",
            ja="種類の違う案件は一つの数字に混ぜません。",
        ),
    )
    tier: int | None = None
    if clock == "held":
        tier = complaints.whole(
            spec.get("tier"),
            f"{where}.tier",
            least=1,
            most=9,
            unit=both(en="tier numbers", ja="何次か"),
        )
    elif "tier" in spec:
        complaints.add(
            f"{where}.tier",
            both(en="only the clock 'held' has a tier", ja="tier があるのは時計 held だけです"),
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
                both(en="must say how long", ja="長さが決まりません"),
                both(
                    en="give business_days or business_seconds",
                    ja="business_days か business_seconds のどちらか一つを書いてください",
                ),
            )
        return BusinessSeconds(0)
    if "business_seconds" in fields:
        if "by" in fields:
            complaints.add(
                f"{where}.by",
                both(
                    en="says nothing beside business_seconds",
                    ja="business_seconds と一緒には使えません",
                ),
                LEAVE_OUT,
            )
        seconds = complaints.whole(
            fields["business_seconds"],
            f"{where}.business_seconds",
            least=1,
            most=LONGEST_S,
            unit=both(en="seconds", ja="秒数"),
        )
        return BusinessSeconds(seconds)
    days = complaints.whole(
        fields["business_days"],
        f"{where}.business_days",
        least=0,
        most=2_000,
        unit=both(en="days", ja="日数"),
    )
    why = both(
        en="'2 business days' can be read in two ways: ",
        ja="「2 営業日」には二通りの数え方があります。",
    )
    by = complaints.one_of(fields.get("by"), f"{where}.by", READINGS, why=why)
    return BusinessDays(days, cast(Reading, by))


def _calendar(value: Any, where: str, complaints: Complaints) -> str | Mapping[str, Any]:
    if isinstance(value, Mapping):
        if complaints.is_stored:
            return value
        try:
            read_calendar(value)
        except BadCalendar as error:
            instead = both(
                en="or name a saved calendar instead",
                ja="保存済みのカレンダーの名前を書くこともできます",
            )
            complaints.add(where, error.said, instead)
        return value
    if not isinstance(value, str) or not NAME.fullmatch(value):
        no_name = both(
            en=f"{value!r} is no name of a calendar",
            ja=f"「{value}」はカレンダーの名前ではありません",
        )
        complaints.add(
            where,
            IS_MISSING if value is None else no_name,
            both(
                en="name a saved calendar (a-z, 0-9, -), or write one inline",
                ja="保存済みのカレンダーの名前（a-z、0-9、-）か、カレンダーそのものを書いてください",
            ),
        )
        return ""
    return value


def _pauses(value: Any, where: str, complaints: Complaints) -> tuple[PauseKind, ...]:
    if not isinstance(value, list | tuple):
        complaints.add(
            where,
            IS_MISSING if value is None else NO_LIST,
            both(
                en=f"list which waits stop the clock ([] for none): {', '.join(PAUSES)}",
                ja=f"期限の計測を止める待ちを並べてください（なければ []）: {', '.join(PAUSES)}",
            ),
        )
        return ()
    for place, kind in enumerate(value):
        if kind not in PAUSES:
            complaints.add(
                f"{where}[{place}]",
                both(en=f"{kind!r} is not known", ja=f"`{kind!r}` は使えません"),
                both(
                    en=f"choose from: {', '.join(PAUSES)}",
                    ja=f"次から選んでください: {', '.join(PAUSES)}",
                ),
            )
    return tuple(cast(PauseKind, kind) for kind in PAUSES if kind in value)
