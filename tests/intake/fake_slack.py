"""A Slack on this machine: a channel with messages and threads, people, and Slack's failures.

`fails` names for a method what happens to its next calls: "429", "500", "slow" (nothing is done),
"cut" (done, but the answer is lost), or a word by which Slack refuses.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TEAM = "T0TANUKI"
SLOW_S = 1.3


class FakeSlack:
    """What is written in the channels, what was called, and how it fails."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self.hints: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.fails: dict[str, list[str]] = defaultdict(list)
        self.closed: set[str] = set()  # channels we are not in
        self.address = ""

    def add_person(self, user: str, mail: str, **more: Any) -> None:
        profile = {"email": mail}
        self.people[user] = {"id": user, "team_id": TEAM, "profile": profile} | more

    def texts(self, channel: str = "C0CRE") -> list[str]:
        """Read a channel with its threads, in order."""
        return [one["text"] for one in self.messages if one["channel"] == channel]

    def answer(self, method: str, given: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] | None = getattr(self, method.replace(".", "_"))(given)
        return {"ok": True} | found if found is not None else {"ok": False, "error": "not_found"}

    def auth_test(self, given: dict[str, str]) -> dict[str, Any]:
        return {"team": "たぬき塾", "team_id": TEAM}

    def users_info(self, given: dict[str, str]) -> dict[str, Any] | None:
        found = self.people.get(given["user"])
        return {"user": found} if found else None

    def conversations_info(self, given: dict[str, str]) -> dict[str, Any]:
        return {"channel": {"name": "cre", "is_member": given["channel"] not in self.closed}}

    def views_open(self, given: dict[str, str]) -> dict[str, Any]:
        self.views.append(given["view"])  # type: ignore[arg-type]
        return {}

    def chat_postEphemeral(self, given: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        self.hints.append(given)
        return {}

    def chat_postMessage(self, given: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        if given["channel"] in self.closed:
            return {"ok": False, "error": "not_in_channel"}
        ts = f"{1_781_000_000 + len(self.messages)}.000100"
        kept = {name: given[name] for name in ("channel", "text", "thread_ts") if name in given}
        self.messages.append(kept | {"ts": ts, "metadata": given["metadata"]})
        return {"channel": given["channel"], "ts": ts}

    def chat_update(self, given: dict[str, str]) -> dict[str, Any]:
        for one in self.messages:
            if (one["channel"], one["ts"]) == (given["channel"], given["ts"]):
                one["text"] = given["text"]
                return {}
        return {"ok": False, "error": "message_not_found"}

    def conversations_history(self, given: dict[str, str]) -> dict[str, Any]:
        return self._page([one for one in self._in(given) if "thread_ts" not in one], given)

    def conversations_replies(self, given: dict[str, str]) -> dict[str, Any]:
        if given["channel"] in self.closed:
            return {"ok": False, "error": "not_in_channel"}
        thread = [
            one for one in self._in(given) if given["ts"] in (one["ts"], one.get("thread_ts"))
        ]
        return self._page(thread, given)

    def _in(self, given: dict[str, str]) -> list[dict[str, Any]]:
        return [one for one in self.messages if one["channel"] == given["channel"]]

    def _page(self, rows: list[dict[str, Any]], given: dict[str, str]) -> dict[str, Any]:
        """Give two messages a page, so that every reader has to turn pages."""
        start = int(given.get("cursor") or 0)
        following = str(start + 2) if start + 2 < len(rows) else ""
        page = {"next_cursor": following}
        return {"messages": rows[start : start + 2], "response_metadata": page}


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """Listen on this machine while the block runs."""
    slack = FakeSlack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            is_json = self.headers["Content-Type"].startswith("application/json")
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            given = json.loads(raw) if is_json else form
            method = self.path.rpartition("/")[2]
            slack.calls.append(method)
            failure = slack.fails[method].pop(0) if slack.fails[method] else ""
            if failure == "slow":
                time.sleep(SLOW_S)
                return
            if failure in ("429", "500"):
                self._say(int(failure), b"<h1>no</h1>")
            elif failure not in ("", "cut"):
                self._say(200, json.dumps({"ok": False, "error": failure}).encode())
            else:
                found = json.dumps(slack.answer(method, given)).encode()
                if failure != "cut":
                    self._say(200, found)

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "77")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack.address = f"http://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
