"""A desk, and files for it. Django is not set up yet while this is read."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.importers.desk import Desk


@pytest.fixture
def desk() -> "Desk":
    from tests.importers.desk import open_desk

    return open_desk()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write one more sheet of these rows."""
    from tests.importers.desk import sheet

    number = iter(range(100))

    def written(*rows: tuple[str, ...]) -> Path:
        return sheet(tmp_path / f"s{next(number)}.csv", *rows)

    return written
