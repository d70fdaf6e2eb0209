"""The company as the tests see it: on a Tuesday afternoon in November, and again two days later."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shinrai.sample.rules.company import TOKYO, Company, simulate
from shinrai.sample.rules.truth import Truth

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=TOKYO)
THURSDAY = datetime(2026, 11, 26, 11, 30, tzinfo=TOKYO)
SMALL = Truth(inquiries=400)


@pytest.fixture(scope="session")
def company() -> Company:
    """The whole company: its draws are quick, only its words are not."""
    return simulate(until=TUESDAY)


@pytest.fixture(autouse=True)
def tables(settings: Any, tmp_path: Path) -> str:
    """Say where usage is published: in a folder of the test's own."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    return settings.SHINRAI_WAREHOUSE
