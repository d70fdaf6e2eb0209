"""Objectives as documents: OpenSLO v1, kind SLO, checked from top to bottom.

Source: OpenSLO specification v1, https://github.com/OpenSLO/OpenSLO, sections "SLO",
        "Objectives" and "SLI".
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
from shinrai.units.wording import SaidInBoth, both, joined

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


WRITE_VERSION = both(en=f"write {API_VERSION}", ja=f"{API_VERSION} と書いてください")
WRITE_SLO = both(
    en="write SLO; only objectives are read", ja="SLO と書いてください。読めるのは目標だけです"
)
NOT_COUNTED = both(en="is not for counted tickets", ja="案件を数える目標では使えません")
SAID_ALREADY = both(en="the clock says it already", ja="時計の定義にすでに書かれています")
TWO_TARGETS = both(
    en="has both target and targetPercent", ja="target と targetPercent の両方があります"
)
NO_TARGET = both(en="has no target", ja="目標値がありません")


class BadObjective(SaidInBoth, ValueError):
    """The document is no objective we can judge; carries every complaint."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(**joined(complaint.said for complaint in complaints))


def read_objective(document: Any, *, is_stored: bool = False) -> Objective:
    """Read an OpenSLO v1 document; one that `is_stored` may hold a calendar that is refused now.

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
            both(
                en="write Occurrences: tickets are counted, one by one, not slices of time",
                ja="Occurrences と書いてください。時間の区切りではなく案件を 1 件ずつ数えます",
            ),
        )
    indicator_name, clock = _indicator(spec, complaints)
    window = read_window(spec.get("timeWindow"), complaints)
    target = _target(spec.get("objectives"), complaints)
    policies = spec.get("alertPolicies") or ()
    if not isinstance(policies, list | tuple):
        complaints.add(
            "spec.alertPolicies",
            NO_LIST,
            both(
                en="write a list, or leave it out",
                ja="リストで書くか、書かないでください",
            ),
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
            both(en=f"{name!r} is no name", ja=f"「{name}」は名前にできません"),
            both(
                en="use up to 63 of a-z, 0-9 and -, a letter or digit first and last",
                ja="a-z、0-9、- の 63 文字以内で、英数字で始まり英数字で終わるようにしてください",
            ),
        )
    for field in ("labels", "annotations"):
        value = metadata.get(field)
        if value is not None and not isinstance(value, Mapping):
            complaints.add(
                f"metadata.{field}",
                both(en="is no table", ja="「キー: 値」の形ではありません"),
                both(en="write key: value pairs", ja="「キー: 値」の形で書いてください"),
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
                both(en="stands beside an indicator", ja="indicator と一緒に書かれています"),
                both(en="keep one: drop indicatorRef", ja="indicatorRef を消してください"),
            )
        return read_indicator(spec["indicator"], "spec.indicator", complaints)
    if "indicatorRef" in spec:
        complaints.add(
            "spec.indicatorRef",
            both(
                en="refers to an indicator that is kept elsewhere",
                ja="別の場所にある指標を指しています",
            ),
            both(
                en="write the indicator here, under spec.indicator: a promise must be whole on one "
                "page",
                ja="指標は spec.indicator の下に書いてください。目標は一枚で読めるようにします",
            ),
        )
    elif spec:
        which = both(en="say which clock is measured", ja="どの時計を測るかを書いてください")
        complaints.add("spec.indicator", IS_MISSING, which)
    return "", None


def _target(value: Any, complaints: Complaints) -> Fraction:
    where = "spec.objectives"
    if not isinstance(value, list | tuple) or len(value) != 1:
        complaints.add(
            where,
            not_one(value, "targets", "目標値"),
            both(
                en="give a list of exactly one target",
                ja="目標値をちょうど一つだけリストで書いてください",
            ),
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
            both(
                en="give exactly one of target (0.95) and targetPercent (95)",
                ja="target（0.95）か targetPercent（95）のどちらか一つを書いてください",
            ),
        )
        return Fraction(1, 2)
    return _share(fields[given[0]], f"{where}.{given[0]}", given[0] == "targetPercent", complaints)


def _share(value: Any, where: str, percent: bool, complaints: Complaints) -> Fraction:
    example = "95" if percent else "0.95"
    whole = 100 if percent else 1
    write_it = both(en=f"write it as {example}", ja=f"{example} のように書いてください")
    try:
        share = read_decimal(value) / whole
    except NotADecimal as error:
        complaints.add(where, error.said, write_it)
        return Fraction(1, 2)
    if share == 1:
        complaints.add(
            where,
            both(
                en=f"of {value} leaves room for no miss, ever",
                ja=f"{value} では期限超過が一件も許されません",
            ),
            both(en=f"give less, such as {example}", ja=f"{example} など、小さくしてください"),
        )
    elif not 0 < share < 1:
        what = both(
            en=f"{value} does not lie between 0 and {whole}",
            ja=f"{value} は 0 と {whole} の間にありません",
        )
        complaints.add(where, what, write_it)
    return share
