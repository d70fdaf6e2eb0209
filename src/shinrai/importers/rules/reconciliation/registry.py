"""The figures declared for a source, found by its name.

A file of `sources/` is named as the source is (`-` written `_`) and holds `METRICS`. Nothing else
names it: a new source is a new file. Figures are kept under the source's own names, nested ones
dotted.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from shinrai.importers.rules.reconciliation import sources
from shinrai.importers.rules.reconciliation.figure import SourceFigure


def figures_of(source: str) -> Sequence[SourceFigure]:
    """Return the figures of a source that can be compared; none if nobody declared any."""
    name = source.replace("-", "_")
    if name not in known_sources():
        return ()
    found: Sequence[SourceFigure] = import_module(f"{sources.__name__}.{name}").METRICS
    return found


def known_sources() -> tuple[str, ...]:
    """Name the sources whose figures can be compared, as their files are named."""
    return tuple(sorted(module.name for module in iter_modules(sources.__path__)))
