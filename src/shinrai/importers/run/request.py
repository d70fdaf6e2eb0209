"""The request to import tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.progress import Progress, quiet


@dataclass(frozen=True)
class ImportRequest:
    """The files to import, how to read them, who asks, and when.

    Without a mapping, the shipped one whose columns fit is used. `given` names the files that
    tables were made from; `originals` are their paths, whose UTC offsets decide the workspace's
    time zone if nobody states one. `begun` is called with the number of the import once it is begun
    or taken up again.
    """

    paths: tuple[Path, ...]
    at: datetime
    by: str
    mapping: Mapping | None = None
    zone: str | None = None  # of moments that carry no offset
    is_dry: bool = False
    is_simulated: bool = False
    progress: Progress = quiet
    given: tuple[str, ...] = ()
    originals: tuple[Path, ...] = ()
    begun: Callable[[int], None] = lambda batch: None

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files as they were given, before tables were made from them."""
        return self.originals or self.paths
