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
    from shinrai.importers.upload import status

    def done_at_once(task: str, *, lock: str, once: str, upload: int) -> bool:
        assert task == status.TASK
        tasks.work_on_upload(SimpleNamespace(job=SimpleNamespace(attempts=0)), upload)
        return True

    monkeypatch.setattr(status, "add_job", done_at_once)


@pytest.fixture(autouse=True)
def _in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files here, where a test sees what is not committed; `real_child` asks for a child."""
    if "real_child" in request.fixturenames:
        return

    def here(deed, *given, limits, names, method="forkserver", is_wanted=None, on_note=None):
        return deed(*given) if on_note is None else deed(*given, on_note)

    for module in ("shinrai.importers.commands", "shinrai.importers.upload.worker"):
        monkeypatch.setattr(f"{module}.run_in_child", here)


@pytest.fixture
def real_child() -> None:
    """Read files in a child, as outside of tests."""
    from shinrai.importers.child_process import preload

    preload()
