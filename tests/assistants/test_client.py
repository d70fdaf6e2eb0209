"""The official client connects: with a key in both ages, and by the consent of Takahashi."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from allauth.idp.oidc.models import Client as Registration
from allauth.idp.oidc.models import Token
from django.db import connections
from django.test import Client as Browser
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import end_membership
from shinrai.accounts.rules.role import Role
from shinrai.assistants.models import AssistantGrant
from shinrai.assistants.operations import UNUSED_FOR, forget_unused
from tests.api.caller import key_of
from tests.cast import BY, OPENED_AT, Cast
from tests.desk.stage import open_desk

pytestmark = pytest.mark.django_db(transaction=True)
BACK = "http://127.0.0.1:33418/callback"


@pytest.fixture(autouse=True)
def unhurried(settings: Any) -> None:
    """Let these stories register as often as they like."""
    settings.IDP_OIDC_RATE_LIMITS = {"client_registration": "1000/m/ip"}


class Kept:
    """Keeps what a client is given, as clients do between their starts."""

    def __init__(self) -> None:
        self.tokens: Any = None
        self.client: Any = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client_info: Any) -> None:
        self.client = client_info


def talk(url: str, then: Callable[[Client], Coroutine[Any, Any, Any]], **how: Any) -> Any:
    """Connect, do something, and give what came of it."""
    mode = how.pop("mode", "auto")

    async def run() -> Any:
        async with (
            httpx2.AsyncClient(**how) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
        ):
            return await then(client)

    return asyncio.run(run())


def consenting(browser: Browser, kept: Kept, url: str, **form: str) -> OAuthClientProvider:
    """Give a client's way in, with somebody at the browser it opens."""
    opened: list[str] = []

    async def open_browser(address: str) -> None:
        opened.append(address)

    async def came_back() -> AuthorizationCodeResult:
        back = await asyncio.to_thread(in_a_thread, browser, opened[-1], **form)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        if "code" not in asked:
            raise PermissionError(asked["error"])
        return AuthorizationCodeResult(code=asked["code"], state=asked.get("state"))

    return OAuthClientProvider(
        server_url=f"{url}/mcp",
        client_metadata=OAuthClientMetadata(client_name="Helper\u202e", redirect_uris=[BACK]),
        storage=kept,
        redirect_handler=open_browser,
        callback_handler=came_back,
    )


def in_a_thread(browser: Browser, address: str, **form: str) -> str:
    """Press the button, and close the connection that the thread had of its own."""
    try:
        return press(browser, address, **form)
    finally:
        connections.close_all()


def press(browser: Browser, address: str, **form: str) -> str:
    """Open the consent page, press a button, and give where it leads."""
    page = browser.get("/" + address.split("/", 3)[3])
    html = page.content.decode()
    assert page.status_code == 200, page
    assert "Helper⟨202E⟩" in html
    assert "form-action 'self' http://127.0.0.1:33418" in page["Content-Security-Policy"]
    signed = re.search(r'name="request" value="([^"]+)"', html)
    if signed is None:
        return "?error=nowhere"
    sent = {"request": signed[1], "scopes": "read", "action": "grant", "workspace": "tanuki"}
    answer = browser.post("/identity/o/authorize", sent | form)
    return answer.headers.get("Location", f"?error={answer.status_code}")


def status_of(url: str, kept: Kept) -> int:
    """Ask once more with the token that was given."""
    sent = {"Authorization": f"Bearer {kept.tokens.access_token}"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    return httpx.post(f"{url}/mcp", json=body, headers=sent).status_code


async def due(client: Client) -> Any:
    return (await client.call_tool("list_due", {})).structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_reads_in_both_ages(cast: Cast, live_server: Any, mode: Any) -> None:
    open_desk(cast.workspace)
    key = key_of(cast.workspace, Role.CRE_ENGINEER)

    async def then(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert {one.annotations.read_only_hint for one in tools if one.annotations} == {True}
        found = await due(client)
        assert {one["key"] for one in found["cases"]} >= {"INV-2", "INV-3"}
        wrong = await client.call_tool("get_case", {"key": "NOT-THERE"})
        assert wrong.is_error

    talk(live_server.url, then, headers={"Authorization": f"Bearer {key.secret}"}, mode=mode)

    assert {one.reason for one in AuditEntry.objects.filter(what__startswith="assistant ")} == {
        "mcp"
    }


def test_an_assistant_reads_by_consent_until_it_is_ended(cast: Cast, live_server: Any) -> None:
    open_desk(cast.workspace)
    engineer, kept, url = cast.engineer, Kept(), live_server.url
    assert engineer.member is not None
    browser = engineer.client()

    found = talk(url, due, auth=consenting(browser, kept, url))

    assert {one["key"] for one in found["cases"]} >= {"INV-2", "INV-3"}
    assert kept.tokens.scope == "read"
    view = AuditEntry.objects.get(what="assistant list_due")
    assert (view.by, view.reason) == (engineer.member.key, "Helper⟨202E⟩")
    consent = AuditEntry.objects.get(what="let assistant read")
    assert (consent.by, consent.reason) == (engineer.member.key, "Helper⟨202E⟩")

    def status() -> int:
        return status_of(url, kept)

    assert status() == 200
    elsewhere = {"Authorization": f"Bearer {kept.tokens.access_token}"}
    assert Browser().post("/mcp", headers=elsewhere).status_code == 401  # by another name
    page = "/w/tanuki/assistants/"
    assert "Helper⟨202E⟩" in browser.get(page).content.decode()
    grant = AssistantGrant.objects.get()
    ends = f"{page}{grant.pk}/ends/"
    # a colleague sees neither it nor its button; an owner sees both
    assert "End its access" not in cast.agent.client().get(page).content.decode()
    assert cast.agent.client().post(ends).status_code == 404
    assert "End its access" in cast.owner.client().get(page).content.decode()
    assert status() == 200
    assert browser.post(ends).status_code == 302
    assert status() == 401
    assert not Token.objects.filter(user=engineer.user).exists()
    assert browser.post(ends).status_code == 404


def test_who_leaves_takes_their_assistants_along(cast: Cast, live_server: Any) -> None:
    kept, engineer = Kept(), cast.engineer
    assert engineer.member is not None
    talk(live_server.url, due, auth=consenting(engineer.client(), kept, live_server.url))
    assert status_of(live_server.url, kept) == 200
    end_membership(member_id=engineer.member.id, at=OPENED_AT, by=BY)

    assert status_of(live_server.url, kept) == 401


@pytest.mark.parametrize(
    ("part", "form", "answered"),
    [
        ("engineer", {"action": "refuse"}, "access_denied"),
        ("engineer", {"workspace": "kitsune"}, "200"),  # made up, but no member of it
        ("engineer", {"workspace": "elsewhere"}, "200"),
        ("stranger", {}, "200"),
        ("guardian", {}, "nowhere"),
        ("engineer", {"request": "forged"}, "403"),
        ("engineer", {"scopes": "openid"}, "200"),
    ],
)
def test_without_consent_there_is_no_token(
    cast: Cast, live_server: Any, part: str, form: dict[str, str], answered: str
) -> None:
    browser = cast.everybody[part].client()
    with pytest.raises(BaseExceptionGroup) as refused:
        talk(live_server.url, due, auth=consenting(browser, Kept(), live_server.url, **form))

    assert refused.group_contains(PermissionError, match=answered)
    assert not AssistantGrant.objects.exists()
    assert not Token.objects.exists()


def test_a_registration_is_narrowed_and_one_that_nobody_lets_in_is_forgotten(cast: Cast) -> None:
    def register(**more: Any) -> Any:
        asked = {"client_name": "x" * 99, "redirect_uris": [BACK], "scope": "openid email"}
        grants = {"grant_types": ["client_credentials", "authorization_code"]}
        return Browser().post(
            "/identity/o/api/clients", asked | grants | more, content_type="application/json"
        )

    assert register(redirect_uris=["javascript:alert(1)"]).status_code == 400
    told = register(junk="y" * 5_000).json()
    assert (told["scope"], len(told["client_name"])) == ("read", 60)
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    made = Registration.objects.get()
    assert "junk" not in str(made.data)
    forget_unused(at=made.created_at + UNUSED_FOR / 2)
    assert Registration.objects.exists()
    forget_unused(at=made.created_at + UNUSED_FOR * 2)
    assert not Registration.objects.exists()
