"""The job schedule, what a worker's parent owes it, and how much a page gets before it is read."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from io import BytesIO

import pytest
from django.test import RequestFactory
from procrastinate.testing import InMemoryConnector

from shinrai.site.job_schedule import job_app, packages_with_tasks
from shinrai.site.middleware import RefuseLargeBodies
from tests.cast import Cast
from tests.site.serving import gone, lives

PARENT = """
import subprocess, sys, time
from shinrai.site import worker_process
real = subprocess.Popen
def popen(command, **named):
    # the worker itself needs books; what is asked here is who ends it
    pid = command[command.index("--with-parent") + 1]
    child = real([sys.executable, "-c", CHILD, pid], **named)
    print(child.pid, flush=True)
    return child
CHILD = '''
import asyncio, sys, threading
from shinrai.site.worker import _stop_when_asked
class Worker:
    def stop(self): raise SystemExit
asyncio.run(_stop_when_asked(Worker(), threading.Event(), int(sys.argv[1])))
'''
worker_process.subprocess.Popen = popen
with worker_process.with_worker():
    sys.stdin.readline()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.end_to_end
class TestAWorkerBesideAServer:
    def parent(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", PARENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "shinrai.site.settings"},
        )

    def test_a_killed_parent_leaves_no_worker_behind(self) -> None:
        with self.parent() as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert lives(pid)

            parent.send_signal(signal.SIGKILL)

            assert gone(pid)

    def test_a_killed_worker_is_started_again_and_ended_with_the_parent(self) -> None:
        with self.parent() as parent:
            assert parent.stdout is not None
            first = int(parent.stdout.readline())
            os.kill(first, signal.SIGKILL)
            second = int(parent.stdout.readline())
            assert second != first

            parent.communicate("\n", timeout=20)

            assert gone(second)
            assert parent.returncode == 0


class TestTheJobSchedule:
    def test_every_package_with_tasks_is_found_and_named_for(self) -> None:
        app = job_app(InMemoryConnector())

        assert set(packages_with_tasks()) == {
            "accounts",
            "delivery",
            "assistants",
            "desk",
            "importers",
            "intake",
            "initiatives",
            "knowledge",
            "erasure",
            "missions",
            "family",
            "objectives",
            "quality",
            "reports",
            "revenue",
            "site",
            "trends",
            "explore",
            "usage",
            "satisfaction",
            "warehouse",
            "workload",
        }
        assert {name for name, _ in app.periodic_registry.periodic_tasks} == {
            "accounts:forget_sessions",
            "accounts:seal_minutes",
            "accounts:verify_seals",
            "assistants:forget_assistants",
            "objectives:catch_up",
            "importers:sweep_inbox",
            "importers:forget_set_aside",
            "erasure:retain_words",
            "workload:forget_presence",
            "quality:draw_samples",
            "warehouse:clear_files",
            "reports:prepare_usual",
            "reports:send_weekly",
            "family:tell_guardians",
            "family:follow_notices",
            "family:prepare",
            "delivery:send",
            "intake:handle",
            "intake:tell",
            "intake:poll",
            "intake:read_history",
            "intake:forget",
            "delivery:forget",
            "desk:follow_cases",
            "desk:index_words",
            "desk:tell_clocks",
            "desk:tell_objectives",
            "desk:train_topic_models",
            "desk:suggest_open_topics",
            "desk:follow_tell_backs",
            "site:expire_backups",
            "missions:prepare",
            "usage:move",
            "usage:compact",
            "usage:prepare",
            "revenue:hazard",
            "initiatives:prepare",
            "satisfaction:prepare",
            "satisfaction:mail_surveys",
            "satisfaction:draw_waves",
            "satisfaction:end_consents",
            "trends:prepare",
            "knowledge:mark",
            "knowledge:prepare",
            "explore:prepare",
        }
        assert "importers:work_on_upload" in app.tasks

    def test_a_worker_may_begin_anew(self) -> None:
        first, second = (job_app(InMemoryConnector()) for _ in range(2))

        assert _ours(first.tasks) == _ours(second.tasks)
        assert len(_ours(first.tasks)) == 49

    def test_plain_commands_do_not_load_the_queue(self) -> None:
        script = (
            "import sys; from shinrai.site import main; main.set_up_django();"
            "[entry.load() for entry in main.ENTRIES];"
            "assert 'procrastinate' not in sys.modules"
        )

        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

        assert done.returncode == 0, done.stderr


def _ours(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.startswith(("builtin:", "procrastinate."))}


class Unread(BytesIO):
    """A body that tells when somebody reads it."""

    def read(self, *_given: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readlines = __iter__ = read  # type: ignore[assignment]


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestLargeBodies:
    @pytest.mark.parametrize(
        ("address", "size", "status"),
        [
            ("/w/tanuki/imports/drafts/", 51 * 1024 * 1024 + 1, 413),
            ("/w/tanuki/imports/1/withdrawals/", 5 * 1024 * 1024 + 1, 413),
            ("/accounts/login/", 10**12, 413),
        ],
    )
    def test_too_much_is_refused_unread(
        self, cast: Cast, address: str, size: int, status: int
    ) -> None:
        client = cast.engineer.client()
        client.handler.enforce_csrf_checks = True  # which reads the whole body
        given = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size)}

        answer = client.post(address, content_type="multipart/form-data; boundary=x", **given)

        assert answer.status_code == status
        assert "MB" in answer.content.decode()

    @pytest.mark.parametrize("length", ["", "0", "nonsense", str(5 * 1024 * 1024)])
    def test_what_fits_passes(self, length: str) -> None:
        request = RequestFactory().post("/", **{"CONTENT_LENGTH": length})
        middleware = RefuseLargeBodies(lambda _request: None)  # type: ignore[arg-type,return-value]

        assert middleware.process_view(request, lambda: None, (), {}) is None  # type: ignore
