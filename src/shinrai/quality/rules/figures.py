"""The form of a figure: a share with its interval, or the reason why it is unknown."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

from shinrai.statistics.bootstrap import bootstrap_counted_mean
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

Figure = dict[str, Any]
SEED = 20261127  # the same counts give the same interval, whoever asks


def share_figure(count: int, of: int, none: Unknown, **beside: Any) -> Figure:
    """Return a share with its Wilson interval and the values in `beside`; unknown if `of` is 0."""
    interval = wilson(count, of)
    if not isinstance(interval, Interval):
        return unknown_figure(none, **beside)
    part = Share(count, of).fraction
    assert isinstance(part, Fraction)
    ends = {"low": interval.low, "high": interval.high}
    return {"count": count, "of": of, "share": float(part), **ends, **beside}


def unknown_figure(why: Unknown, **beside: Any) -> Figure:
    """Return an unknown figure with its reason, and the values in `beside`, which are known."""
    return {"unknown": why, **beside}


def is_unknown(figure: Any) -> bool:
    """Return whether a figure is unknown."""
    return isinstance(figure, dict) and isinstance(figure.get("unknown"), Unknown)


def middle(counts: Mapping[int, int], share: float) -> float:
    """Return the quantile of counted values, interpolated between two values if need be.

    Source: R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, The American
            Statistician 50 (1996), 361-365, definition 7; DuckDB's `quantile_cont` is the same.
    Raises: ValueError if nothing is counted.
    """
    total = sum(counts.values())
    if not total:
        raise ValueError("there is no middle of nothing")
    place = share * (total - 1)
    lower, part = floor(place), place - floor(place)
    below, above = _nth(counts, lower), _nth(counts, min(lower + 1, total - 1))
    return below + part * (above - below)


def _nth(counts: Mapping[int, int], place: int) -> int:
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise ValueError("the place lies beyond what was counted")


def mean_of(counts: Mapping[int, int]) -> float:
    """Return the mean of counted values."""
    return float(Fraction(sum(v * n for v, n in counts.items()), sum(counts.values())))


def mean_interval(counts: Mapping[int, int]) -> Figure:
    """Return the bootstrap interval of that mean, or the reason why there is none."""
    interval = bootstrap_counted_mean(counts, seed=SEED)
    if not isinstance(interval, Interval):
        return unknown_figure(interval)
    return {"low": interval.low, "high": interval.high, "method": interval.method}


def plain(figure: Any) -> Any:
    """Return figures as values for JSON; an unknown one becomes `{"unknown": reason}`."""
    if isinstance(figure, Unknown):
        return {"unknown": figure.reason}
    if isinstance(figure, Mapping):
        return {
            str(key): item.reason if key == "unknown" and isinstance(item, Unknown) else plain(item)
            for key, item in figure.items()
        }
    if isinstance(figure, list | tuple):
        return [plain(item) for item in figure]
    return figure
