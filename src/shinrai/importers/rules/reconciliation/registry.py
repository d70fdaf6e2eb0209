"""Find what is declared of a source by its name."""

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
