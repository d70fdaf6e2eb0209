"""Gauges as OpenMetrics text, which Prometheus and others scrape.

Source: OpenMetrics 1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

MEDIA_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Number = int | float | Fraction
Sample = tuple[Mapping[str, str], Number]


@dataclass(frozen=True)
class Gauge:
    """A metric and its samples, each with labels of its own; the unit is the end of the name."""

    name: str
    help: str
    samples: Sequence[Sample]
    unit: str = ""


def open_metrics(gauges: Iterable[Gauge]) -> str:
    """Return gauges as text; one without samples is left out, as what is not known is not 0."""
    lines = [line for gauge in gauges if gauge.samples for line in _lines(gauge)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _lines(gauge: Gauge) -> Iterable[str]:
    yield f"# TYPE {gauge.name} gauge"
    if gauge.unit:
        yield f"# UNIT {gauge.name} {gauge.unit}"
    yield f"# HELP {gauge.name} {_escaped(gauge.help)}"
    for labels, value in gauge.samples:
        said = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        number = float(value) if isinstance(value, Fraction) else value
        yield f"{gauge.name}{{{said}}} {number}" if said else f"{gauge.name} {number}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
