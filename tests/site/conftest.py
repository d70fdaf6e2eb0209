"""A home of its own for tests that go through the command line."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shinrai.site.postgres_server import ServerPaths, is_kept


@pytest.fixture
def place() -> Iterator[dict[str, str]]:
    """A new home, and a folder of the server that `nobody` can reach if we are root."""
    folder = Path(tempfile.mkdtemp(prefix="shinrai-door-"))
    folder.chmod(0o755)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SHINRAI_", "DATABASE_", "DJANGO_"))
    }
    environment |= {
        "SHINRAI_HOME": str(folder / "home"),
        "SHINRAI_SERVER_ROOT": str(folder / "server"),
        "SHINRAI_KEEP_S": "0",
        "LANG": "C.UTF-8",
    }
    yield environment
    deadline = time.monotonic() + 60  # patience, not a promise
    homes = [path.parent for path in folder.glob("*/postgresql")]
    while any(is_kept(ServerPaths(home)) for home in homes):
        assert time.monotonic() < deadline, "the server outlived everybody who used it"
        time.sleep(0.05)
    shutil.rmtree(folder)
