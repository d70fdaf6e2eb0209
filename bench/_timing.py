"""What the benchmarks share: runs in turn, medians, and how a table is printed."""

import platform
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True)
class Timed:
    """How long one call took, round by round; seconds."""

    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        return median(self.seconds)

    def times_as_long_as(self, other: "Timed") -> float:
        """Compare round with round, so that a slow moment of the machine hits both."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return median(mine / theirs for mine, theirs in pairs)


def timed(call: Callable[[], object], *, clock: Callable[[], float] = perf_counter) -> float:
    """Do something once and say how many seconds it took."""
    started = clock()
    call()
    return clock() - started


@dataclass(frozen=True)
class Spent:
    """How long one call took by the clock, and how much processor time this process spent on it.

    On a busy machine the first says little: it is mostly waiting for one's turn.
    """

    seconds: float
    processor_s: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.seconds + other.seconds, self.processor_s + other.processor_s)


def spent(call: Callable[[], object]) -> Spent:
    """Do something once and say what it took."""
    processor = process_time()
    seconds = timed(call)
    return Spent(seconds, process_time() - processor)


def in_turn(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, Timed]:
    """Make all calls one after the other, again and again, after one round that is not counted.

    They only compute, on one thread: what counts is the processor's time, so that a turn somebody
    else has meanwhile is not taken for theirs.
    """
    for call in calls.values():
        call()
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name].append(timed(call, clock=process_time))
    return {name: Timed(tuple(seconds)) for name, seconds in found.items()}


def say(text: str = "") -> None:
    """Print a line at once: some benchmarks take minutes."""
    print(text, flush=True)  # noqa: T201


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    say()
    for row in (heads, ["---"] * len(heads), *rows):
        say(f"| {' | '.join(row)} |")
    say()


def verdict(claim: str, *, holds: bool) -> None:
    """Say whether a target is met; a benchmark is read by people and never fails a check."""
    say(f"{'met   ' if holds else 'MISSED'} {claim}")


def rate(count: int, seconds: float) -> str:
    """Write a rate short: 31.2 M/s, 7,900/s."""
    per_s = count / seconds
    return f"{per_s / 1e6:,.1f} M/s" if per_s >= 1e6 else f"{per_s:,.0f}/s"


def peak_mb() -> float:
    """Say how much memory this process has held at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def machine(*packages: str) -> str:
    """Name the machine and the versions a figure belongs to."""
    releases = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{_processor()}; {platform.system()}, Python {platform.python_version()}, {releases}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()
