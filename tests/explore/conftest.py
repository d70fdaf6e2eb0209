"""One published desk for the tests of SQL, and no child left behind."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def stage(settings: Any, tmp_path: Any) -> Iterator[Any]:
    """Open the desk; models are not ready yet where this file is read."""
    from shinrai.sandbox.pool import pool
    from tests.explore.stage import open_sql_stage

    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.SHINRAI_HOME = tmp_path
    yield open_sql_stage(settings.SHINRAI_WAREHOUSE)
    pool().close()
