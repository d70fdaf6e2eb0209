"""Read and write objectives as documents: OpenSLO v1, kind SLO, every field checked.

Source: OpenSLO specification v1, https://github.com/OpenSLO/OpenSLO, sections "SLO", "Objectives"
        and "SLI".
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from shinrai.objectives.rules.complaints import (
    IS_MISSING,
    LEAVE_OUT,
    NO_LIST,
    Complaint,
    Complaints,
    is_now,
    not_one,
)
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.indicator import NAME, read_indicator, write_indicator
from shinrai.objectives.rules.numbers import NotADecimal, decimal_text, read_decimal
from shinrai.objectives.rules.window_document import read_window, write_window
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

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


WRITE_VERSION = Text("write {api_version}", api_version=API_VERSION)
WRITE_SLO = Text("write SLO; only objectives are read")
NOT_COUNTED = Text("is not for counted tickets")
SAID_ALREADY = Text("the clock says it already")
TWO_TARGETS = Text("has both target and targetPercent")
NO_TARGET = Text("has no target")


class BadObjective(UserError, ValueError):
    """The document is not a valid objective; `complaints` lists everything wrong with it."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(joined(complaint.said for complaint in complaints))


def read_objective(document: Any, *, is_stored: bool = False) -> Objective:
    """Read an OpenSLO v1 document; the calendar in one that `is_stored` is not checked again.

    Raises: BadObjective with everything that is wrong, not only the first thing.
    """
    complaints = Complaints(is_stored=is_stored)
    top = complaints.mapping(document, "", ("apiVersion", "kind", "metadata", "spec"))
    if not isinstance(document, Mapping):
        raise BadObjective(complaints.found)
    if top.get("apiVersion") != API_VERSION:
        complaints.add("apiVersion", is_now(top.get("apiVersion")), WRITE_VERSION)
    if top.get("kind") != "SLO":
        complaints.add("kind", is_now(top.get("kind")), WRITE_SLO)
    metadata_fields = ("name", "displayName", "labels", "annotations")
    metadata = complaints.mapping(top.get("metadata"), "metadata", metadata_fields)
    spec = complaints.mapping(top.get("spec"), "spec", SPEC_FIELDS)
    if spec.get("budgetingMethod") != "Occurrences":
        complaints.add(
            "spec.budgetingMethod",
            is_now(spec.get("budgetingMethod")),
            Text("write Occurrences: tickets are counted, one by one, not slices of time"),
        )
    indicator_name, clock = _indicator(spec, complaints)
    window = read_window(spec.get("timeWindow"), complaints)
    target = _target(spec.get("objectives"), complaints)
    policies = spec.get("alertPolicies") or ()
    if not isinstance(policies, list | tuple):
        complaints.add(
            "spec.alertPolicies",
            NO_LIST,
            Text("write a list, or leave it out"),
        )
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
    """Return an objective as a document; reading that gives the same objective."""
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
        "timeWindow": [write_window(objective.window)],
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": decimal_text(objective.target)}],
    }
    if objective.description:
        spec["description"] = objective.description
    if objective.alert_policies:
        spec["alertPolicies"] = list(objective.alert_policies)
    return {"apiVersion": API_VERSION, "kind": "SLO", "metadata": metadata, "spec": spec}


def _words(
    metadata: Mapping[str, Any], spec: Mapping[str, Any], complaints: Complaints
) -> dict[str, str]:
    name = complaints.text(metadata.get("name"), "metadata.name", required=True)
    if name and not NAME.fullmatch(name):
        complaints.add(
            "metadata.name",
            Text("{name!r} is no name", name=name),
            Text("use up to 63 of a-z, 0-9 and -, a letter or digit first and last"),
        )
    for field in ("labels", "annotations"):
        value = metadata.get(field)
        if value is not None and not isinstance(value, Mapping):
            complaints.add(
                f"metadata.{field}",
                Text("is no table"),
                Text("write key: value pairs"),
            )
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
                "spec.indicatorRef",
                Text("stands beside an indicator"),
                Text("keep one: drop indicatorRef"),
            )
        return read_indicator(spec["indicator"], "spec.indicator", complaints)
    if "indicatorRef" in spec:
        complaints.add(
            "spec.indicatorRef",
            Text("refers to an indicator that is kept elsewhere"),
            Text(
                "write the indicator here, under spec.indicator: a promise must be whole "
                "on one page"
            ),
        )
    elif spec:
        which = Text("say which clock is measured")
        complaints.add("spec.indicator", IS_MISSING, which)
    return "", None


def _target(value: Any, complaints: Complaints) -> Fraction:
    where = "spec.objectives"
    if not isinstance(value, list | tuple) or len(value) != 1:
        complaints.add(
            where,
            not_one(value, Text("targets")),
            Text("give a list of exactly one target"),
        )
        return Fraction(1, 2)
    where = f"{where}[0]"
    fields = complaints.mapping(value[0], where, GOAL_FIELDS)
    for field in ("timeSliceTarget", "timeSliceWindow", "op", "value"):
        if field in fields:
            complaints.add(
                f"{where}.{field}",
                NOT_COUNTED if "Slice" in field else SAID_ALREADY,
                LEAVE_OUT,
            )
    given = [field for field in ("target", "targetPercent") if field in fields]
    if len(given) != 1:
        complaints.add(
            where,
            TWO_TARGETS if given else NO_TARGET,
            Text("give exactly one of target (0.95) and targetPercent (95)"),
        )
        return Fraction(1, 2)
    return _share(fields[given[0]], f"{where}.{given[0]}", given[0] == "targetPercent", complaints)


def _share(value: Any, where: str, percent: bool, complaints: Complaints) -> Fraction:
    example = "95" if percent else "0.95"
    whole = 100 if percent else 1
    write_it = Text("write it as {example}", example=example)
    try:
        share = read_decimal(value) / whole
    except NotADecimal as error:
        complaints.add(where, error.text, write_it)
        return Fraction(1, 2)
    if share == 1:
        complaints.add(
            where,
            Text("of {value} leaves room for no miss, ever", value=value),
            Text("give less, such as {example}", example=example),
        )
    elif not 0 < share < 1:
        what = Text("{value} does not lie between 0 and {whole}", value=value, whole=whole)
        complaints.add(where, what, write_it)
    return share
