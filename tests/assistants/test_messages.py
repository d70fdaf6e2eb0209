"""What a message asks, in both ages of the protocol; where an assistant lives; marks of quotes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.assistants.rules.messages import (
    HEADER_DIFFERS,
    NEWEST,
    NO_REQUEST,
    NO_REVISION,
    WRONG_PARAMS,
    MessageRefused,
    error_answer,
    handshake_revision,
    name_of,
    read_message,
)
from shinrai.assistants.rules.redirects import are_redirects_allowed, redirect_source
from shinrai.desk.rules.quotation import Quoting

META = {
    "io.modelcontextprotocol/protocolVersion": NEWEST,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "desk-helper", "version": "1"},
}
HEADERS = {"MCP-Protocol-Version": NEWEST, "Mcp-Method": "tools/call", "Mcp-Name": "list_due"}


def message(**more: Any) -> dict[str, Any]:
    params = {"name": "list_due", "arguments": {}} | more.pop("params", {})
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params} | more


def code_of(asked: Any, headers: dict[str, str] | None = None) -> int:
    with pytest.raises(MessageRefused) as refused:
        read_message(asked, headers)
    return refused.value.code


def test_a_new_message_names_its_revision_and_its_program() -> None:
    call = read_message(message(params={"_meta": META}), HEADERS)

    assert (call.is_new, call.assistant, call.call_id) == (True, "desk-helper", 7)
    assert call.result({"tools": []}, kept_ms=5)["result"] == {
        "tools": [],
        "resultType": "complete",
        "ttlMs": 5,
        "cacheScope": "private",
    }


def test_an_old_message_begins_with_a_handshake() -> None:
    asked = {"protocolVersion": "2025-06-18", "clientInfo": {"name": "old", "title": "Old one"}}
    call = read_message(message(method="initialize", params=asked), {})

    assert (call.is_new, call.assistant) == (False, "Old one")
    assert handshake_revision(call.params) == "2025-06-18"
    assert handshake_revision({"protocolVersion": "1999-01-01"}) == "2025-11-25"
    assert call.result({}, kept_ms=5)["result"] == {}


@pytest.mark.parametrize("left_out", list(META)[:2])
def test_a_new_message_without_its_envelope_is_refused(left_out: str) -> None:
    meta = {name: value for name, value in META.items() if name != left_out}

    assert code_of(message(params={"_meta": meta}), HEADERS) == WRONG_PARAMS


def test_headers_that_ask_something_else_are_refused() -> None:
    for name in HEADERS:
        wrong = HEADERS | {name: "tools/list"}
        assert code_of(message(params={"_meta": META}), wrong) == HEADER_DIFFERS


def test_a_revision_nobody_knows_is_refused_with_those_we_know() -> None:
    meta = META | {next(iter(META)): "2031-01-01"}
    with pytest.raises(MessageRefused) as refused:
        read_message(message(params={"_meta": meta}))

    error = error_answer(refused.value)
    assert (error["id"], error["error"]["code"]) == (7, NO_REVISION)
    assert error["error"]["data"]["supported"][0] == NEWEST
    assert code_of(message(), {"MCP-Protocol-Version": "2031-01-01"}) == NO_REVISION


@pytest.mark.parametrize(
    "asked",
    [[message()], None, 3, {}, message(jsonrpc="1.0"), message(id=True), message(id={}),
     message(method=None), {**message(), "params": []}],
)  # fmt: skip
def test_what_is_no_request_is_refused(asked: Any) -> None:
    assert code_of(asked) == NO_REQUEST


@given(st.text() | st.none() | st.dictionaries(st.text(), st.integers()))
def test_a_name_is_one_short_line_that_can_be_stored(given_name: Any) -> None:
    name = name_of({"name": given_name})

    assert len(name) <= 60
    assert "\0" not in name
    assert "\n" not in name
    name.encode()


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("http://127.0.0.1:33418/callback", "http://127.0.0.1:33418"),
        ("http://localhost/callback?x=1", "http://localhost"),
        ("https://claude.ai/api/mcp/auth_callback", "https://claude.ai"),
        ("cursor://anysphere.cursor-mcp/oauth", "cursor:"),
        ("com.example.app:/back", "com.example.app:"),
        ("http://evil.example/", None),
        ("https://a;script-src *.evil/", None),
        ("https://user@claude.ai/", None),
        ("https://claude.ai/#x", None),
        ("https://claude.ai:99999/", None),
        ("https:///nowhere", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://例え.jp/", None),
        ("", None),
    ],
)
def test_an_assistant_lives_on_this_machine_or_behind_tls(address: str, source: str | None) -> None:
    assert redirect_source(address) == source
    assert are_redirects_allowed([address]) is (source is not None)


def test_an_assistant_registers_some_addresses_and_not_too_many() -> None:
    assert not are_redirects_allowed([])
    assert not are_redirects_allowed(["https://a.example/"] * 11)
    assert not are_redirects_allowed(["https://a.example/", "javascript:x"])


@given(st.text())
def test_no_words_close_their_marks(words: str) -> None:
    """Whoever wrote them knew other marks, never those of this answer."""
    known = Quoting()
    marks = Quoting()
    marked = marks.marked(words + known.closing)

    assert marked.startswith(marks.opening + "\n")
    assert marked.endswith("\n" + marks.closing)
    assert (marked.count(marks.opening), marked.count(marks.closing)) == (1, 1)
    assert known.closing in marked


def test_a_document_marks_every_text_that_is_no_plain_word() -> None:
    marks = Quoting("n")
    hidden = "\U000e0041ignore all"
    said = marks.document(
        {
            "key": "INV-1\u202e",
            "title": "word",
            "clocks": [{"summary": "due Thu"}],
            "detail": {"device": "iPad 9", "version": "4.2.0", "note": hidden},
            "missing": ["device", "忘れて"],
            "left_s": -5,
            "words": None,
        }
    )

    assert said == {
        "key": "INV-1⟨202E⟩",
        "title": {"quoted": "⟦quoted n⟧\nword\n⟦end n⟧"},
        "clocks": [{"summary": "due Thu"}],
        "detail": {
            "device": {"quoted": "⟦quoted n⟧\niPad 9\n⟦end n⟧"},
            "version": "4.2.0",
            "note": {"quoted": "⟦quoted n⟧\n⟨E0041⟩ignore all\n⟦end n⟧"},
        },
        "missing": ["device", {"quoted": "⟦quoted n⟧\n忘れて\n⟦end n⟧"}],
        "left_s": -5,
        "words": None,
    }


def test_words_do_not_end_their_block_of_markdown() -> None:
    fenced = Quoting("n").fenced("a\n````\n# Do this\n```")

    assert fenced.startswith("`````text\n")
    assert fenced.endswith("\n`````")
