"""Objectives as documents: OpenSLO v1, kind SLO, checked from top to bottom.

Source: OpenSLO specification v1, https://github.com/OpenSLO/OpenSLO, sections "SLO",
        "Objectives" and "SLI".
"""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from shinrai.calendars.rules.zones import UnknownZone, zone_named
from shinrai.objectives.rules.complaints import Complaint, Complaints
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.durations import BadDuration, Duration, read_duration
from shinrai.objectives.rules.indicator import NAME, read_indicator, write_indicator
from shinrai.objectives.rules.numbers import NotADecimal, decimal_text, read_decimal
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow, Window

API_VERSION = "openslo/v1"
LONGEST_DESCRIPTION = 1050  # OpenSLO's own limit
SPEC_FIELDS = (
    "description",
    "service",
    "indicator",
    "indicatorRef",
    "timeWindow",
    "budgetingMethod",
    "objectives",
    "alertPolicies",
)
GOAL_FIELDS = (
    "displayName",
    "op",
    "value",
    "target",
    "targetPercent",
    "timeSliceTarget",
    "timeSliceWindow",
)
NOWHERE = RollingWindow(days=1)  # stands in while complaints are collected; never handed out


class BadObjective(ValueError):
    """The document is no objective we can judge; carries every complaint."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in complaints))


def read_objective(document: Any) -> Objective:
    """Read an OpenSLO v1 document.

    Raises: BadObjective with everything that is wrong, not only the first thing.
    """
    complaints = Complaints()
    top = complaints.mapping(document, "", ("apiVersion", "kind", "metadata", "spec"))
    if not isinstance(document, Mapping):
        raise BadObjective(complaints.found)
    if top.get("apiVersion") != API_VERSION:
        complaints.add("apiVersion", f"is {top.get('apiVersion')!r}", f"write {API_VERSION}")
    if top.get("kind") != "SLO":
        complaints.add("kind", f"is {top.get('kind')!r}", "write SLO; only objectives are read")
    metadata_fields = ("name", "displayName", "labels", "annotations")
    metadata = complaints.mapping(top.get("metadata"), "metadata", metadata_fields)
    spec = complaints.mapping(top.get("spec"), "spec", SPEC_FIELDS)
    if spec.get("budgetingMethod") != "Occurrences":
        complaints.add(
            "spec.budgetingMethod",
            f"is {spec.get('budgetingMethod')!r}",
            "write Occurrences: tickets are counted, one by one, not slices of time",
        )
    indicator_name, clock = _indicator(spec, complaints)
    window = _window(spec.get("timeWindow"), complaints)
    target = _target(spec.get("objectives"), complaints)
    policies = spec.get("alertPolicies") or ()
    if not isinstance(policies, list | tuple):
        complaints.add("spec.alertPolicies", "is no list", "write a list, or leave it out")
        policies = ()
    words = _words(metadata, spec, complaints)
    if complaints.found or clock is None:
        raise BadObjective(complaints.found)
    return Objective(
        clock=clock,
        window=window,
        target=target,
        indicator_name=indicator_name,
        alert_policies=tuple(policies),
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        **words,
    )


def write_objective(objective: Objective) -> dict[str, Any]:
    """Write an objective as the document that reads as the same objective."""
    metadata: dict[str, Any] = {"name": objective.name}
    if objective.display_name:
        metadata["displayName"] = objective.display_name
    if objective.labels:
        metadata["labels"] = dict(objective.labels)
    if objective.annotations:
        metadata["annotations"] = dict(objective.annotations)
    spec: dict[str, Any] = {
        "service": objective.service,
        "indicator": write_indicator(objective.indicator_name, objective.clock),
        "timeWindow": [_written_window(objective.window)],
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": decimal_text(objective.target)}],
    }
    if objective.description:
        spec["description"] = objective.description
    if objective.alert_policies:
        spec["alertPolicies"] = list(objective.alert_policies)
    return {"apiVersion": API_VERSION, "kind": "SLO", "metadata": metadata, "spec": spec}


def _written_window(window: Window) -> dict[str, Any]:
    if isinstance(window, RollingWindow):
        return {"duration": f"{window.days}d", "isRolling": True}
    start = window.start_local.isoformat(sep=" ")
    return {
        "duration": str(window.length),
        "calendar": {"startTime": start, "timeZone": window.zone},
        "isRolling": False,
    }


def _words(
    metadata: Mapping[str, Any], spec: Mapping[str, Any], complaints: Complaints
) -> dict[str, str]:
    name = complaints.text(metadata.get("name"), "metadata.name", required=True)
    if name and not NAME.fullmatch(name):
        complaints.add(
            "metadata.name",
            f"{name!r} is no name",
            "use up to 63 of a-z, 0-9 and -, a letter or digit first and last",
        )
    for field in ("labels", "annotations"):
        value = metadata.get(field)
        if value is not None and not isinstance(value, Mapping):
            complaints.add(f"metadata.{field}", "is no table", "write key: value pairs")
    return {
        "name": name,
        "display_name": complaints.text(metadata.get("displayName"), "metadata.displayName"),
        "service": complaints.text(spec.get("service"), "spec.service", required=True),
        "description": complaints.text(
            spec.get("description"), "spec.description", longest=LONGEST_DESCRIPTION
        ),
    }


def _indicator(spec: Mapping[str, Any], complaints: Complaints) -> tuple[str, Any]:
    if "indicator" in spec:
        if "indicatorRef" in spec:
            complaints.add(
                "spec.indicatorRef", "stands beside an indicator", "keep one: drop indicatorRef"
            )
        return read_indicator(spec["indicator"], "spec.indicator", complaints)
    if "indicatorRef" in spec:
        complaints.add(
            "spec.indicatorRef",
            "refers to an indicator that is kept elsewhere",
            "write the indicator here, under spec.indicator: a promise must be whole on one page",
        )
    elif spec:
        complaints.add("spec.indicator", "is missing", "say which clock is measured")
    return "", None


def _window(value: Any, complaints: Complaints) -> Window:
    where = "spec.timeWindow"
    if not isinstance(value, list | tuple) or len(value) != 1:
        count = f"has {len(value)} windows" if isinstance(value, list | tuple) else "is no list"
        complaints.add(
            where,
            "is missing" if value is None else count,
            "give a list of exactly one window; write another objective for another window",
        )
        return NOWHERE
    where = f"{where}[0]"
    fields = complaints.mapping(value[0], where, ("duration", "isRolling", "calendar"))
    if not fields:
        return NOWHERE
    rolling = fields.get("isRolling", False)
    if rolling not in (True, False):
        complaints.add(f"{where}.isRolling", f"is {rolling!r}", "write true or false")
    if (rolling is True) == ("calendar" in fields):
        complaints.add(
            where,
            "is both rolling and aligned to a calendar" if rolling else "is neither kind of window",
            "give isRolling: true, or calendar with startTime and timeZone, never both",
        )
        return NOWHERE
    length = _duration(fields.get("duration"), f"{where}.duration", complaints)
    if rolling:
        return _rolling(length, f"{where}.duration", complaints)
    return _aligned(length, fields["calendar"], f"{where}.calendar", complaints)


def _duration(value: Any, where: str, complaints: Complaints) -> Duration:
    try:
        return read_duration(complaints.text(value, where, required=True) or "1d")
    except BadDuration as error:
        complaints.add(where, str(error), "30d, 1M and 1Q are common")
        return Duration(1, "d")


def _rolling(length: Duration, where: str, complaints: Complaints) -> Window:
    if length.unit not in "dw":
        complaints.add(
            where,
            f"{length} rolls, but months differ in length",
            "give days or weeks (30d, 4w), or align the window to a calendar",
        )
    return RollingWindow(days=length.count * (7 if length.unit == "w" else 1))


def _aligned(length: Duration, value: Any, where: str, complaints: Complaints) -> Window:
    fields = complaints.mapping(value, where, ("startTime", "timeZone"))
    zone = complaints.text(fields.get("timeZone"), f"{where}.timeZone", required=True)
    try:
        zone_named(zone or "UTC")
    except UnknownZone as error:
        complaints.add(f"{where}.timeZone", str(error), "use a name of the IANA database")
    start = fields.get("startTime")
    try:
        local = start if isinstance(start, datetime) else datetime.fromisoformat(str(start))
    except ValueError:
        complaints.add(
            f"{where}.startTime",
            "is missing" if start is None else f"{start!r} is no date and time",
            "write it as 2026-01-01 00:00:00",
        )
        return NOWHERE
    if local.tzinfo is not None:
        complaints.add(
            f"{where}.startTime", "carries a zone of its own", "leave it out: timeZone says it"
        )
        return NOWHERE
    return CalendarWindow(length=length, start_local=local, zone=zone)


def _target(value: Any, complaints: Complaints) -> Fraction:
    where = "spec.objectives"
    if not isinstance(value, list | tuple) or len(value) != 1:
        count = f"has {len(value)} targets" if isinstance(value, list | tuple) else "is no list"
        complaints.add(
            where, "is missing" if value is None else count, "give a list of exactly one target"
        )
        return Fraction(1, 2)
    where = f"{where}[0]"
    fields = complaints.mapping(value[0], where, GOAL_FIELDS)
    for field in ("timeSliceTarget", "timeSliceWindow", "op", "value"):
        if field in fields:
            complaints.add(
                f"{where}.{field}",
                "is not for counted tickets" if "Slice" in field else "the clock says it already",
                "leave it out",
            )
    given = [field for field in ("target", "targetPercent") if field in fields]
    if len(given) != 1:
        complaints.add(
            where,
            "has both target and targetPercent" if given else "has no target",
            "give exactly one of target (0.95) and targetPercent (95)",
        )
        return Fraction(1, 2)
    return _share(fields[given[0]], f"{where}.{given[0]}", given[0] == "targetPercent", complaints)


def _share(value: Any, where: str, percent: bool, complaints: Complaints) -> Fraction:
    example = "95" if percent else "0.95"
    whole = 100 if percent else 1
    try:
        share = read_decimal(value) / whole
    except NotADecimal as error:
        complaints.add(where, str(error), f"write it as {example}")
        return Fraction(1, 2)
    if share == 1:
        complaints.add(
            where, f"of {value} leaves room for no miss, ever", f"give less, such as {example}"
        )
    elif not 0 < share < 1:
        what = f"{value} does not lie between 0 and {whole}"
        complaints.add(where, what, f"write it as {example}")
    return share
