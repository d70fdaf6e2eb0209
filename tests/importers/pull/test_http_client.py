"""Asking a server: patience with what passes, plain words for what does not."""

import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.pull.errors import BadAddress, PullFailed, PullRefused
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.rate_limit import RateLimit
from tests.importers.fakes.server import Ask, FakeServer, Reply, client_of


def things(ask: Ask) -> object:
    return {"things": [1, 2], "asked": ask.one("page"), "token": ask.headers.get("Authorization")}


@pytest.fixture
def server():
    with FakeServer({"/api/things": things}) as fake:
        yield fake


@pytest.fixture
def naps() -> list[float]:
    return []


def test_an_answer_is_its_json(server, naps):
    with client_of(server, naps, headers={"Authorization": "Bearer t"}) as client:
        answer = client.get("/api/things", {"page": 3, "cursor": None})

    assert answer.value == {"things": [1, 2], "asked": "3", "token": "Bearer t"}
    assert "cursor" not in server.asked[0].query
    assert naps == []


def test_a_server_that_asks_us_to_wait_is_waited_for_as_long_as_it_says(server, naps):
    server.trouble = ["429 30", "429 7"]
    with client_of(server, naps) as client:
        assert client.get("/api/things").value["things"] == [1, 2]

    assert naps == [30.0, 7.0]


def test_a_server_may_name_the_moment_to_come_back(server, naps):
    server.trouble = ["503 Thu, 01 Jan 1970 00:01:30 GMT"]
    with client_of(server, naps) as client:
        client.get("/api/things")

    assert naps == [90.0]


def test_what_passes_is_asked_again_with_growing_pauses(server, naps):
    server.trouble = ["500", "502", "cut", "504"]
    with client_of(server, naps) as client:
        assert client.get("/api/things").value["things"] == [1, 2]

    assert naps == [1.0, 2.0, 4.0, 8.0]


def test_patience_ends(server, naps):
    server.trouble = ["500"] * 20
    with client_of(server, naps, tries=4) as client, pytest.raises(PullFailed) as failed:
        client.get("/api/things")

    assert len(server.asked) == 4
    assert "4 tries" in failed.value.text["en"]
    assert "4 回" in failed.value.text["ja"]


def test_a_server_that_asks_for_an_hour_is_left_alone(server, naps):
    server.trouble = ["429 3600"]
    with client_of(server, naps) as client, pytest.raises(PullFailed):
        client.get("/api/things")

    assert naps == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "en", "ja"),
    [(401, "token", "トークン"), (403, "rights", "権限"), (404, "--url", "--url")],
)
def test_what_will_not_pass_is_said_at_once(naps, status, en, ja):
    with (
        FakeServer(
            {"/": lambda _: Reply(status, {"error": "Couldn't authenticate you"})}
        ) as server,
        client_of(server, naps) as client,
        pytest.raises(PullRefused) as refused,
    ):
        client.get("/api/things")

    assert refused.value.status == status
    assert en in refused.value.text["en"]
    assert ja in refused.value.text["ja"]
    assert "Couldn't authenticate you" in refused.value.text["en"]
    assert len(server.asked) == 1


def test_a_page_for_people_is_no_answer(server, naps):
    server.trouble = ["html"]
    with client_of(server, naps) as client, pytest.raises(PullRefused, match="not JSON"):
        client.get("/api/things")


def test_we_are_not_sent_on_to_another_address(naps):
    elsewhere = Reply(302, headers={"Location": "https://elsewhere.example/?secret=1"})
    with (
        FakeServer({"/": lambda _: elsewhere}) as server,
        client_of(server, naps) as client,
        pytest.raises(PullRefused, match=r"elsewhere\.example") as refused,
    ):
        client.get("/api/things")

    assert "secret" not in str(refused.value)


def test_the_token_goes_to_no_other_server_whatever_an_answer_says(server, naps):
    with FakeServer({"/": things}) as other, client_of(server, naps) as client:
        assert client.get(f"{server.url}/api/things?page=2").value["asked"] == "2"
        with pytest.raises(PullRefused):
            client.get(f"{other.url}/api/things")

    assert other.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example.com",
        "acme.example.com",
        "ftp://acme.example.com",
        "https://",
        "https://me:secret@acme.example.com",
        "https://acme.example.com/?token=secret",
        "https://[::1",
        "https://:secret@acme.example.com",
        "https://secret@acme.example.com",
        "https://@acme.example.com",
        "https://acme.exam\0ple.com",
        "https://acme.example.com/\x1b[2J",
        "https://acme\n.example.com",
        "https://acme.example.com\\@evil.example",
        "https://acme%2eexample.com",
        "https://help desk.example.com",
        "file:///etc/passwd",
        "gopher://acme.example.com",
        "",
    ],
)
def test_an_address_over_which_a_token_could_be_read_is_refused(url):
    with pytest.raises(BadAddress) as refused:
        HttpClient(url)

    assert "secret@" not in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",  # where clouds tell a machine its keys
        "169.254.0.1",
        "169.254.169.254.",
        "169.254.43518",
        "0xA9FEA9FE",
        "2852039166",
        "0251.0376.0251.0376",
        "１６９.254.169.254",
        "169。254。169。254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "168.63.129.16",
        "[fd00:ec2::254]",
        "0.0.0.0",
        "[::]",
        "224.0.0.1",
        "[ff02::1]",
    ],
)
def test_an_address_of_the_networks_own_machinery_is_no_help_desk(host):
    with pytest.raises(BadAddress, match="no help desk"):
        HttpClient(f"https://{host}/")


def test_a_name_that_leads_to_the_keys_of_a_cloud_is_asked_nothing(naps, monkeypatch):
    """A name of the attacker's own, answered by turns with a good address and a bad one."""
    places = [["127.0.0.1"], ["127.0.0.1", "::ffff:169.254.169.254"]]

    def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 0)) for address in places.pop(0)]

    with FakeServer({"/api/things": things}) as server, client_of(server, naps) as client:
        monkeypatch.setattr("shinrai.importers.pull.http_client.socket.getaddrinfo", found)
        monkeypatch.setattr(client, "_send", lambda *_: httpx.Response(200, json=[]))
        client.get("/api/things")
        with pytest.raises(BadAddress, match="no help desk"):
            client.get("/api/things")


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.5",
        "https://192.168.1.20:8443/helpdesk",
        "https://[fd00::5]/",
        "https://desk.intra.example",
        "https://日本.example",
        "http://localhost:3000",
        "http://127.0.0.1",
    ],
)
def test_a_service_inside_the_own_network_may_be_asked(url):
    with HttpClient(url) as client:
        assert client.base_url == url.rstrip("/")


def test_a_certificate_that_cannot_be_trusted_is_no_matter_of_patience(naps, monkeypatch):
    def stream(*_args: object, **_more: object) -> object:
        cause = ssl.SSLCertVerificationError()
        cause.verify_message = "self-signed certificate"
        raise httpx.ConnectError("certificate verify failed") from cause

    with HttpClient("https://acme.example.com", sleep=naps.append) as client:
        monkeypatch.setattr(httpx.Client, "stream", stream)
        with pytest.raises(PullRefused, match="self-signed"):
            client.get("/api")

    assert naps == []


@given(per_minute=st.integers(1, 20), gaps=st.lists(st.floats(0, 40), max_size=60))
def test_no_sixty_seconds_hold_more_requests_than_the_limit(per_minute, gaps):
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    limit = RateLimit(per_minute, clock=lambda: now[0], sleep=sleep)
    taken = []
    for gap in gaps:
        now[0] += gap
        limit.wait()
        taken.append(now[0])

    assert all(
        later - earlier >= 59.999 for earlier, later in zip(taken, taken[per_minute:], strict=False)
    )
