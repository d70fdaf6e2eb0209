"""A desk, and files for it. Django is not set up yet while this is read."""

import fcntl
import os
from collections.abc import Callable, Iterator
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


@pytest.fixture
def fresh_files(transactional_db: None) -> Iterator[None]:
    """Let one test at a time look for a name in the files of the server that all tests share.

    Every table gets a new file: rows that other tests deleted still lie in the old ones.
    """
    from django.core.management import call_command

    from shinrai.site import database

    def clear() -> None:
        with database.as_owner():
            call_command("flush", verbosity=0, interactive=False, allow_cascade=True)

    with Path(os.environ["SHINRAI_TEST_HOME"], "looking.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear()
        yield
        clear()
