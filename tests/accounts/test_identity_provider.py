"""Signing in by the company's identity provider: whom somebody invited, and nobody else."""

import html
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from shinrai.accounts.models import User
from shinrai.accounts.operations.members import set_active
from shinrai.site.identity_provider import oidc_providers
from tests.accounts.identity_provider import CLIENT, CODE, SECRET, FakeProvider, provider
from tests.cast import OPENED_AT, Cast

pytestmark = pytest.mark.django_db
TO, BACK = "/accounts/oidc/sso/login/", "/accounts/oidc/sso/login/callback/"
SUZUKI = "suzuki@tanuki.example"


@pytest.fixture
def idp(settings, monkeypatch) -> Iterator[FakeProvider]:
    """A company's provider, named in the environment when Shinrai started."""
    pytest.importorskip("requests")
    pytest.importorskip("jwt")
    from allauth.socialaccount.providers import registry
    from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

    with provider() as server:
        named = {
            "SHINRAI_OIDC_NAME": "Tanuki ID",
            "SHINRAI_OIDC_ISSUER": server.address,
            "SHINRAI_OIDC_CLIENT_ID": CLIENT,
            "SHINRAI_OIDC_CLIENT_SECRET": SECRET,
        }
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(named)
        registry.load()
        known = registry.provider_map | {"openid_connect": OpenIDConnectProvider}
        monkeypatch.setattr(registry, "provider_map", known)
        yield server


def left_for(client: Client, idp: FakeProvider, **more: str) -> str:
    """Go to the provider; the state with which it sends the reader back."""
    answer = client.get(TO, more)
    assert answer.status_code == 302, answer.content.decode()
    there = answer.headers["Location"]
    assert there.startswith(f"{idp.address}/authorization?")
    told = parse_qs(urlsplit(there).query)
    assert told["redirect_uri"] == [f"http://testserver{BACK}"]
    assert told["code_challenge_method"] == ["S256"]
    idp.challenge = told["code_challenge"][0]
    return told["state"][0]


def came_back(client: Client, idp: FakeProvider, language: str = "en", **claims: Any) -> Any:
    idp.claims |= claims
    state = left_for(client, idp)
    back = {"state": state, "code": CODE}
    return client.get(BACK, back, headers={"accept-language": language})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_invited_person_comes_in_and_nothing_is_kept_of_the_provider(
    cast: Cast, idp: FakeProvider, verified: object
) -> None:
    from allauth.socialaccount.models import SocialAccount, SocialToken

    client = Client()
    assert f'href="{TO}?process=login"' in client.get("/accounts/login/").content.decode()

    answer = came_back(client, idp, email="Suzuki@Tanuki.example", email_verified=verified)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").headers["Location"] == "/w/tanuki/queue/"
    assert client.get("/w/tanuki/queue/").status_code == 200
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "nobody invited that address here"), ("ja", "招待されていません")],
)
def test_who_was_not_invited_is_told_whom_to_ask(
    cast: Cast, idp: FakeProvider, language: str, said: str
) -> None:
    client, before = Client(), User.objects.count()

    answer = came_back(client, idp, language, email="kitsune@elsewhere.example")

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 403
    assert said in page
    assert "kitsune@elsewhere.example" in page
    assert not is_in(client)
    assert User.objects.count() == before


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "false"}, {}])
def test_an_address_that_nobody_verified_is_nobody_s(
    cast: Cast, idp: FakeProvider, claims: dict[str, Any]
) -> None:
    client = Client()
    idp.claims = {"sub": "1"}

    answer = came_back(client, idp, email=SUZUKI, **claims)

    assert answer.status_code == 403
    assert "does not say that it verified your mail address" in answer.content.decode()
    assert not is_in(client)


def test_who_has_no_account_any_more_stays_outside(cast: Cast, idp: FakeProvider) -> None:
    set_active(email=SUZUKI, is_active=False, at=OPENED_AT, by="test")
    client = Client()

    came_back(client, idp, email=SUZUKI)

    assert not is_in(client)


def test_a_token_for_somebody_else_s_service_is_none(cast: Cast, idp: FakeProvider) -> None:
    idp.audience = "another-service"
    client = Client()

    assert came_back(client, idp, email=SUZUKI).status_code == 502
    assert not is_in(client)


def test_who_turns_back_at_the_provider_is_told_so(cast: Cast, idp: FakeProvider) -> None:
    client = Client()
    state = left_for(client, idp)

    answer = client.get(BACK, {"state": state, "error": "access_denied"})

    assert answer.status_code == 403
    assert "You stopped signing in at Tanuki ID" in answer.content.decode()


def test_an_answer_nobody_asked_for_signs_nobody_in(cast: Cast, idp: FakeProvider) -> None:
    client = Client()

    assert client.get(BACK, {"state": "made-up", "code": CODE}).status_code == 502
    assert not is_in(client)
    assert "/token" not in idp.asked


def test_accounts_are_not_connected_for_good(cast: Cast, idp: FakeProvider) -> None:
    """Or whoever sits at an open browser for a minute could come back as its owner."""
    client = cast.agent.client()
    idp.claims |= {"email": "ito@elsewhere.example"}
    state = left_for(client, idp, process="connect")

    assert client.get(BACK, {"state": state, "code": CODE}).status_code == 502
    assert client.get("/accounts/3rdparty/").status_code == 404


def test_a_provider_out_of_reach_breaks_nothing(cast: Cast, idp: FakeProvider) -> None:
    idp.shutdown()
    idp.server_close()

    answer = Client().get(TO, headers={"accept-language": "ja"})

    assert answer.status_code == 502
    assert "Tanuki ID" in answer.content.decode()


def test_without_a_provider_nothing_of_it_is_there(cast: Cast) -> None:
    client = Client()

    assert "/accounts/oidc/" not in client.get("/accounts/login/").content.decode()
    assert client.get(TO).status_code == 404
    assert client.get(BACK, {"state": "x", "code": "y"}).status_code == 404
