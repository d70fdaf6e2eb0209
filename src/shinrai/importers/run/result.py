"""The result of an import: what was imported, what was quarantined, and what looks wrong."""

from dataclasses import asdict, dataclass
from typing import Any

from shinrai.importers.queries import ImportRecord, QuarantineRecord
from shinrai.importers.rules.checks.flags import ImportFlag


@dataclass(frozen=True)
class ImportCounts:
    """What was imported. `steps` are new ones; `unchanged` ones were in the ledger before."""

    inquiries: int
    investigations: int
    steps: int
    unchanged: int
    corrected: int
    quarantined: int
    erased: int
    rows: int
    messages: int

    def as_json(self) -> dict[str, int]:
        """Return the counts as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `set_aside` holds the first quarantined rows; a dry run keeps none."""

    batch: int | None
    mapping: str
    counts: ImportCounts
    set_aside: tuple[QuarantineRecord, ...]
    flags: tuple[ImportFlag, ...]
    seconds: float
    is_resumed: bool
    became_real: bool
    unfinished: tuple[ImportRecord, ...]
    zone: str = ""  # the time zone this import settled for its workspace, if it did
    zone_source: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "batch": self.batch,
            **self.counts.as_json(),
            "flags": [flag.as_json() for flag in self.flags],
            "seconds": round(self.seconds, 3),
            "mapping": self.mapping,
            "set_aside": [row.as_json() for row in self.set_aside],
        }
