"""What is asked of an import of tables."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.progress import Progress, quiet


@dataclass(frozen=True)
class ImportRequest:
    """Files to import, how to read them, and who asks when.

    Without a mapping the shipped one whose columns fit is taken. `given` names what tables were
    made from, as people know it; `originals` are those files, whose offsets tell the workspace's
    time zone where nobody says it.
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

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files as they came, before any table was made from them."""
        return self.originals or self.paths
