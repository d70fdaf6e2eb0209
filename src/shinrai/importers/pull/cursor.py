"""Where a pull is, kept with its stream; and which records an interrupted pull has kept already."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from shinrai.importers.pull.spool import Stream

Version = TypeVar("Version")


@dataclass(frozen=True)
class Cursor:
    """The base of each source's cursor; its fields are kept as JSON."""

    @classmethod
    def of(cls, stream: Stream) -> Self:
        """Read the cursor of a stream; at the beginning there is none."""
        return cls(**json.loads(stream.cursor or "{}"))

    def text(self) -> str:
        """Return the cursor as it is kept."""
        return json.dumps(asdict(self), sort_keys=True)


def kept_versions(
    stream: Stream, name: str, version_of: Callable[[Mapping[str, Any]], Version]
) -> set[Version]:
    """Return the versions of the records named `name` that a stream holds."""
    return {version_of(page[name]) for page in stream.read() if name in page}


def updated_version(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what tells the versions of a record apart: its id and its last change."""
    return str(record.get("id")), str(record.get("updated_at") or "")
