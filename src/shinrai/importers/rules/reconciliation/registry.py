"""The figures declared for a source, found by its name.

A file of `sources/` has the name of the source (`-` written `_`) and holds `METRICS`. It is not
registered anywhere else: a new source is a new file. Figures have the source's own names, nested
ones with dots.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from shinrai.importers.rules.reconciliation import sources
from shinrai.importers.rules.reconciliation.figure import SourceFigure


def figures_of(source: str) -> Sequence[SourceFigure]:
    """Return the figures of a source that can be compared; none if none are declared."""
    name = source.replace("-", "_")
    if name not in known_sources():
        return ()
    found: Sequence[SourceFigure] = import_module(f"{sources.__name__}.{name}").METRICS
    return found


def known_sources() -> tuple[str, ...]:
    """Return the names of the sources whose figures can be compared, with `_` for `-`."""
    return tuple(sorted(module.name for module in iter_modules(sources.__path__)))
