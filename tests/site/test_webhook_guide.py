"""The receiver of the guide, run as it stands there: it takes what is ours and fresh, once."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shinrai.delivery.sender import send_due
from shinrai.desk.operations.notice_settings import add_channel
from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.operations.webhooks import ReplayRequest, replay
from shinrai.desk.queries.webhooks import DeliveryFilter, webhook_deliveries
from tests.cast import Cast
from tests.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SCRIPT = re.compile(r"```python\n(.*?)```", re.DOTALL)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def running(language: str, secret: str, port: int) -> Iterator[Callable[[], str]]:
    """Run the receiver; what is yielded ends it and returns what it printed."""
    [script] = SCRIPT.findall((ROOT / f"docs/guide/{language}/webhooks.md").read_text("utf-8"))
    assert len([line for line in script.splitlines() if line.strip()]) <= 25
    known = environment(SHINRAI_SECRET=secret, PORT=str(port))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, env=known, stdout=subprocess.PIPE, text=True) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                with socket.socket() as found:
                    if found.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)

            def printed() -> str:
                process.terminate()
                return process.communicate()[0]

            yield printed
        finally:
            process.terminate()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_receiver_of_the_guide_takes_what_is_signed_and_fresh_and_counts_it_once(
    language: str, cast: Cast, settings: Any
) -> None:
    settings.SHINRAI_PRIVATE_TARGETS = True
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    there, address = cast.workspace, f"http://127.0.0.1:{port}/"
    asked = {"channel": "signed", "target": address, "wants": "all", "language": "en"}
    number, secret = add_channel(workspace_id=there.id, asked=asked, at=now(), by="test")

    def send(at: datetime) -> list[str]:
        send_due(clock=lambda: at)
        rows, _ = webhook_deliveries(workspace=there, asked=DeliveryFilter(number))
        return [row.delivery.state for row in rows]

    def file(key: str) -> None:
        by = cast.agent.member.key
        file_investigation(workspace_id=there.id, source_key=key, at=now(), by=by, words="?")

    with running(language, secret, port) as printed:
        file("INV-1")
        assert send(now()) == ["sent"]
        replay(ReplayRequest(there.id, number, now(), "test"))
        assert send(now()) == ["sent"]
        file("INV-2")
        assert send(now() + timedelta(minutes=6)) == ["failed", "sent"]  # signed for another time
        forged = httpx.post(address, content=b"{}", headers={"webhook-id": "1"})
        assert forged.status_code == 401

        assert printed() == "case.filed INV-1 open\n"
