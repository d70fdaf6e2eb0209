"""Messages of the Model Context Protocol: what one asks, and the answers, of both ages of it.

The revision of July 2026 has no handshake: each request names its revision and its program. Before
it, programs began with `initialize`. Both are answered without anything kept between requests.

Source: modelcontextprotocol.io, revisions 2025-11-25 and 2026-07-28; JSON-RPC 2.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shinrai.console.rules.wording import visible_words

NEWEST: Final = "2026-07-28"
WITH_HANDSHAKE: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
META: Final = "io.modelcontextprotocol/"
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
UNREADABLE: Final = -32700
NO_REQUEST: Final = -32600
NO_METHOD: Final = -32601
WRONG_PARAMS: Final = -32602
BROKEN: Final = -32603
HEADER_DIFFERS: Final = -32020
NO_REVISION: Final = -32022
STATUSES: Final = {NO_METHOD: 404, BROKEN: 200}  # of HTTP; of all others 400
MOST_NAME: Final = 60
UNNAMED: Final = "?"
TOOLS_KEPT_MS: Final = 3_600_000


class MessageRefused(Exception):
    """A message that is not answered; programs alone read why."""

    def __init__(self, code: int, message: str, data: Any = None, call_id: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data, self.call_id = code, message, data, call_id


@dataclass(frozen=True)
class MessageCall:
    """What a message asks; `call_id` is None of a notification, which is not answered.

    `assistant` is the name the program gives itself; "" if it gives none.
    """

    method: str
    call_id: str | int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False
    assistant: str = ""

    def result(self, body: Mapping[str, Any], *, kept_ms: int | None = None) -> dict[str, Any]:
        """Return the answer; programs may keep a list for `kept_ms`, each for its own member."""
        found = dict(body)
        if self.is_new:
            found["resultType"] = "complete"
            if kept_ms is not None:
                found |= {"ttlMs": kept_ms, "cacheScope": "private"}
        return {"jsonrpc": "2.0", "id": self.call_id, "result": found}


def read_message(message: Any, headers: Mapping[str, str] | None = None) -> MessageCall:
    """Return what a message asks; `headers` are those of HTTP, None elsewhere.

    Raises: MessageRefused.
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise MessageRefused(NO_REQUEST, "send one JSON-RPC 2.0 request or notification")
    call_id, method, params = message.get("id"), message.get("method"), message.get("params", {})
    if isinstance(call_id, bool) or not isinstance(call_id, str | int | None):
        raise MessageRefused(NO_REQUEST, "an id is a text or a whole number")
    if not isinstance(method, str) or not isinstance(params, dict):
        raise MessageRefused(NO_REQUEST, "method is a text and params an object", call_id=call_id)
    try:
        return _read(method, call_id, params, headers)
    except MessageRefused as refused:
        refused.call_id = call_id
        raise


def _read(
    method: str,
    call_id: str | int | None,
    params: dict[str, Any],
    headers: Mapping[str, str] | None,
) -> MessageCall:
    meta = params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    named = meta.get(f"{META}protocolVersion")
    given = headers.get(VERSION_HEADER) if headers is not None else named
    is_new = named is not None or given == NEWEST
    if call_id is None or (not is_new and (given is None or given in WITH_HANDSHAKE)):
        client = params.get("clientInfo") if method == "initialize" else None
        return MessageCall(method, call_id, params, assistant=name_of(client))
    if is_new and (not isinstance(named, str) or f"{META}clientCapabilities" not in meta):
        raise MessageRefused(
            WRONG_PARAMS, f"params._meta needs {META}protocolVersion and {META}clientCapabilities"
        )
    if headers is not None and is_new:
        tool = params.get("name") if method == "tools/call" else None
        told = headers.get(NAME_HEADER) if method == "tools/call" else None
        if (given, headers.get(METHOD_HEADER), told) != (named, method, tool):
            raise MessageRefused(HEADER_DIFFERS, "headers and body do not ask the same")
    asked = named or given
    if asked != NEWEST:
        supported = [NEWEST, *WITH_HANDSHAKE]
        raise MessageRefused(
            NO_REVISION,
            "unsupported protocol version",
            {"supported": supported, "requested": asked},
        )
    client = meta.get(f"{META}clientInfo")
    return MessageCall(method, call_id, params, is_new=True, assistant=name_of(client))


def handshake_revision(params: Mapping[str, Any]) -> str:
    """Return the revision that is spoken after a handshake: the one asked for, if we know it."""
    asked = params.get("protocolVersion")
    return asked if asked in WITH_HANDSHAKE else WITH_HANDSHAKE[0]


def error_answer(refused: MessageRefused) -> dict[str, Any]:
    """Return the answer that says why a message is refused."""
    error = {"code": refused.code, "message": refused.message}
    if refused.data is not None:
        error["data"] = refused.data
    return {"jsonrpc": "2.0", "id": refused.call_id, "error": error}


def name_of(client: Any) -> str:
    """Return the name of a program as it gives it, in one short line; "" if it gives none."""
    given = client.get("title") or client.get("name") if isinstance(client, dict) else client
    if not isinstance(given, str):
        return ""
    # halves of characters cannot be stored
    whole = given.encode("utf-8", "ignore").decode()
    return visible_words(" ".join(whole.split()))[:MOST_NAME]
