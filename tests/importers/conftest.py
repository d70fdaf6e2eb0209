"""A desk, and files for it. Django is not set up yet while this is read."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
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


@pytest.fixture
def worker_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is put into the queue done at once, as by a worker with nothing else to do."""
    from shinrai.importers import tasks
    from shinrai.importers.upload import errands

    def done_at_once(task: str, *, lock: str, once: str, **asked: object) -> bool:
        assert task == errands.TASK
        tasks.do_errand(SimpleNamespace(job=SimpleNamespace(attempts=0)), **asked)
        return True

    monkeypatch.setattr(errands, "put_in_queue", done_at_once)
