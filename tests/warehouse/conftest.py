from pathlib import Path

import pytest

from shinrai.warehouse.store import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Give an empty warehouse."""
    return Warehouse(str(tmp_path / "warehouse"))
