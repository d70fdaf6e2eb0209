"""One file per source: which of its own figures we compare, and how we come to ours.

A file is named as the source is (`-` written `_`) and holds `METRICS`. Nothing else names it: a
new source is a new file. Figures are kept under the source's own names, nested ones dotted.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from shinrai.importers.rules.reconciling.declared import Metric


def metrics_of(source: str) -> Sequence[Metric]:
    """Give the figures of a source that can be compared; none if nobody declared any."""
    name = source.replace("-", "_")
    if name not in known_sources():
        return ()
    found: Sequence[Metric] = import_module(f"{__name__}.{name}").METRICS
    return found


def known_sources() -> tuple[str, ...]:
    """Name the sources whose figures can be compared, as their files are named."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))
