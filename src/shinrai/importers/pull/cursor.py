"""The cursor of a pull, stored with its stream; and the records an interrupted pull has stored."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from shinrai.importers.pull.spool import Stream

Version = TypeVar("Version")


@dataclass(frozen=True)
class Cursor:
    """The base of each source's cursor; its fields are stored as JSON."""

    @classmethod
    def of(cls, stream: Stream) -> Self:
        """Return the cursor of a stream; without a stored one, that of the beginning."""
        return cls(**json.loads(stream.cursor or "{}"))

    def text(self) -> str:
        """Return the cursor as the text that is stored."""
        return json.dumps(asdict(self), sort_keys=True)


def kept_versions(
    stream: Stream, name: str, version_of: Callable[[Mapping[str, Any]], Version]
) -> set[Version]:
    """Return the versions of the records named `name` that a stream has stored."""
    return {version_of(page[name]) for page in stream.read() if name in page}


def updated_version(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what distinguishes the versions of a record: its id and its last change."""
    return str(record.get("id")), str(record.get("updated_at") or "")
