"""Guidelines (目安): measures compared with a limit that are not objectives of OpenSLO.

A mean of round trips has no misses to count, so it has no budget and no alarm: there is the value,
its interval, and on which side of the limit it lies. MEASURES §4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from shinrai.inquiries.rules.kinds import MODES
from shinrai.objectives.rules.complaints import Complaint, Complaints, is_now
from shinrai.objectives.rules.indicator import NAME
from shinrai.objectives.rules.numbers import NotADecimal, read_decimal
from shinrai.objectives.rules.window_document import read_window
from shinrai.objectives.rules.windows import Window
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined
from shinrai.units.unknown import Unknown

API_VERSION = "shinrai/v1"
KIND = "Guideline"
# What a figure of quality can be held against, by the measure's key (`one`: exactly one).
STATISTICS: Final[Mapping[str, tuple[str, ...]]] = {
    "round_trips": ("mean", "one"),
    "handovers": ("mean",),
    "next_business_day": ("share",),
    "same_day": ("share",),
    "one_reply": ("share",),
    "reopened_14": ("share",),
    "truly_solved": ("share",),
    "self_resolved": ("share",),
    "sent_back": ("share",),
    "correctness": ("share",),
}
FIELDS = ("description", "measure", "statistic", "atMost", "atLeast", "mode", "timeWindow")


class BadGuideline(UserError, ValueError):
    """The document is not a valid guideline; `complaints` lists everything wrong with it."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(joined(complaint.said for complaint in complaints))


@dataclass(frozen=True)
class Guideline:
    """A measure and its limit, for the inquiries received in a window."""

    name: str
    display_name: str
    description: str
    measure: str
    statistic: str
    side: Literal["at_most", "at_least"]
    limit: Fraction
    mode: str
    window: Window

    @property
    def title(self) -> str:
        """Return the name shown to people: `display_name`, or else `name`."""
        return self.display_name or self.name

    def keeps(self, value: Fraction | float) -> bool:
        """Return whether a value is within the limit; the limit itself is."""
        return value <= self.limit if self.side == "at_most" else value >= self.limit

    @property
    def is_share(self) -> bool:
        """Return whether its value is a share, written in per cent."""
        return self.statistic != "mean"


@dataclass(frozen=True)
class Held:
    """A measured value and whether it is within the limit.

    `is_sure`: its whole 95 % interval lies on the same side. Unit: `value` as counted, exactly;
    `interval` is None where too little was counted.
    """

    value: Fraction
    of: int
    interval: tuple[float, float] | None
    is_within: bool
    is_sure: bool


def is_guideline(document: Any) -> bool:
    """Return whether a document is a guideline, not an objective."""
    return isinstance(document, Mapping) and document.get("kind") == KIND


def read_guideline(document: Any) -> Guideline:
    """Read a guideline.

    Raises: BadGuideline with everything that is wrong, not only the first thing.
    """
    complaints = Complaints()
    top = complaints.mapping(document, "", ("apiVersion", "kind", "metadata", "spec"))
    if top.get("apiVersion") != API_VERSION:
        write = Text("write {api_version}", api_version=API_VERSION)
        complaints.add("apiVersion", is_now(top.get("apiVersion")), write)
    metadata = complaints.mapping(top.get("metadata"), "metadata", ("name", "displayName"))
    spec = complaints.mapping(top.get("spec"), "spec", FIELDS)
    name = complaints.text(metadata.get("name"), "metadata.name", required=True, longest=63)
    if name and not NAME.fullmatch(name):
        use = Text("use a-z, 0-9 and -")
        complaints.add("metadata.name", is_now(name), use)
    measure = complaints.one_of(spec.get("measure"), "spec.measure", tuple(STATISTICS))
    statistic = complaints.one_of(spec.get("statistic"), "spec.statistic", STATISTICS[measure])
    side, limit = _limit(spec, statistic, complaints)
    found = Guideline(
        name=name,
        display_name=complaints.text(metadata.get("displayName"), "metadata.displayName"),
        description=complaints.text(spec.get("description"), "spec.description", longest=1050),
        measure=measure,
        statistic=statistic,
        side=side,
        limit=limit,
        mode=complaints.one_of(spec.get("mode"), "spec.mode", MODES),
        window=read_window(spec.get("timeWindow"), complaints),
    )
    if complaints.found:
        raise BadGuideline(complaints.found)
    return found


def hold_against(guideline: Guideline, figure: Mapping[str, Any]) -> Held | Unknown:
    """Compare a figure of quality with the limit; the value decides, the interval is shown."""
    why = figure.get("unknown")
    if isinstance(why, Unknown):
        return why
    if guideline.statistic == "mean":
        value, of = Fraction(figure["times"], figure["of"]), figure["of"]
        ends = figure["mean_interval"]
    else:
        ends = figure if guideline.statistic == "share" else figure[guideline.statistic]
        if isinstance(none := ends.get("unknown"), Unknown):
            return none
        value, of = Fraction(ends["count"], ends["of"]), ends["of"]
    interval = (ends["low"], ends["high"]) if "low" in ends else None
    is_within = guideline.keeps(value)
    is_sure = interval is not None and all(guideline.keeps(end) == is_within for end in interval)
    return Held(value, of, interval, is_within, is_sure)


def _limit(
    spec: Mapping[str, Any], statistic: str, complaints: Complaints
) -> tuple[Literal["at_most", "at_least"], Fraction]:
    given = [name for name in ("atMost", "atLeast") if name in spec]
    if len(given) != 1:
        complaints.add(
            "spec",
            (Text("has both atMost and atLeast") if given else Text("has no limit")),
            Text("give exactly one of atMost and atLeast"),
        )
        return "at_most", Fraction(1)
    where = f"spec.{given[0]}"
    side: Literal["at_most", "at_least"] = "at_most" if given[0] == "atMost" else "at_least"
    example = "2" if statistic == "mean" else "0.9"
    write_it = Text("write it as {example}", example=example)
    try:
        limit = read_decimal(spec[given[0]])
    except NotADecimal as error:
        complaints.add(where, error.text, write_it)
        return side, Fraction(1)
    if statistic != "mean" and limit > 1:
        beyond = Text("{limit} is no share", limit=limit)
        complaints.add(where, beyond, write_it)
    return side, limit
