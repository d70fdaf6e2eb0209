"""The masked snapshots of a workspace: which is the newest, where it lies, what its tables hold."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from shinrai.explore.models import MaskedSnapshot

FOLDER: Final = "explore"
DATABASE: Final = "tables.duckdb"
MEANINGS: Final = "tables.json"


def newest_snapshot(*, workspace_id: int, view: str) -> MaskedSnapshot | None:
    """Return the newest snapshot that is whole."""
    found = MaskedSnapshot.objects.filter(workspace_id=workspace_id, role=view)
    return found.exclude(folder="").order_by("-id").first()


def folder_of(snapshot: MaskedSnapshot) -> Path:
    """Return the folder of a snapshot."""
    return snapshots_folder() / snapshot.folder


def meanings_of(snapshot: MaskedSnapshot) -> dict[str, Any]:
    """Return what the tables of a snapshot hold, and how many groups were left out of each."""
    found: dict[str, Any] = json.loads((folder_of(snapshot) / MEANINGS).read_bytes())
    return found


def snapshots_folder() -> Path:
    """Return the folder of the home that holds the snapshots of all workspaces."""
    return Path(settings.SHINRAI_HOME) / FOLDER
