"""Whatever a member types, a request reaches public addresses alone."""

import socket
from datetime import UTC, datetime

import pytest

from shinrai.delivery import network
from shinrai.delivery.errors import NotDelivered, PutOff
from shinrai.delivery.network import checked_target, is_machinery, is_public, read_target
from shinrai.delivery.webhook import post
from tests.delivery.receiver import receiver

INSIDE = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254"),
    *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1"),
    *("2001:0:7f00:1::1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_what_lies_outside_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "hooks.example/x", "http://hooks.example/x", "ftp://hooks.example", "https://"),
        *("https://user:word@hooks.example/", "file:///etc/passwd", "https://h/" + "x" * 2000),
        "https://[::1",
    ],
)
def test_an_address_that_is_none_is_refused_in_the_words_of_the_form(typed: str) -> None:
    with pytest.raises(NotDelivered, match="beginning with https://") as refused:
        read_target(typed, allow_private=False)

    assert "https:// から" in refused.value.text["ja"]


class Names:
    """A resolver that answers each look-up of a name with the next of its answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in self.answers.pop(0)]


def test_a_name_is_looked_up_once_and_the_judged_address_is_requested(monkeypatch) -> None:
    """A name that answers a public address first, and this machine a moment later."""
    names = Names(["2606:4700::1111", "93.184.216.34"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)

    found = checked_target("https://hooks.example:8443/T0/B1?x=1", allow_private=False)

    assert str(found.url) == "https://93.184.216.34:8443/T0/B1?x=1"
    assert (found.host, found.header) == ("hooks.example", "hooks.example:8443")
    assert names.asked == ["hooks.example"]


@pytest.mark.parametrize("typed", ["https://2130706433/", "https://0x7f.1/", "https://[::1]:9/"])
def test_numbers_that_mean_this_machine_are_refused(typed: str) -> None:
    with pytest.raises(NotDelivered):
        checked_target(typed, allow_private=False)


def test_one_address_inside_among_several_is_enough_to_refuse(monkeypatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["93.184.216.34", "10.0.0.5"]))

    with pytest.raises(NotDelivered, match="SHINRAI_PRIVATE_TARGETS"):
        checked_target("https://hooks.example/", allow_private=False)


def test_a_setting_allows_them(monkeypatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["10.0.0.5"]))

    found = checked_target("http://chat.internal/hook", allow_private=True)

    assert str(found.url) == "http://10.0.0.5/hook"


def test_a_name_nobody_knows_is_put_off(monkeypatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(PutOff):
        checked_target("https://hooks.example/", allow_private=False)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254"]
)
def test_machinery_of_clouds_is_known_in_every_writing(address: str) -> None:
    assert is_machinery(address)
    assert not is_machinery("10.0.0.5"), "a network of one's own is none"


# --- attacks, on this machine -------------------------------------------------------------------


def sent_to(address: str, *, allow_private: bool) -> None:
    post(address, b"{}", headers={}, at=datetime.now(UTC), allow_private=allow_private)


def test_a_name_that_turns_to_this_machine_after_it_was_judged_reaches_nothing(
    monkeypatch,
) -> None:
    """::1 plays a public address, where nobody listens; then the name means 127.0.0.1."""
    names, real = Names(["::1"], ["127.0.0.1"], ["127.0.0.1"]), socket.getaddrinfo

    def resolver(host: str, port: int, *more: int, **named: int) -> object:
        return names(host, port) if host == "hooks.example" else real(host, port, *more, **named)

    monkeypatch.setattr(network, "is_public", lambda address: address == "::1")
    with receiver() as inside:
        port = inside.address.split(":")[2].split("/")[0]
        monkeypatch.setattr(socket, "getaddrinfo", resolver)

        with pytest.raises(PutOff):
            sent_to(f"https://hooks.example:{port}/", allow_private=False)

    assert (names.asked, inside.got) == (["hooks.example"], [])


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "localhost"])
def test_this_machine_is_reached_by_no_writing_of_its_address(host: str) -> None:
    with receiver() as inside:
        port = inside.address.split(":")[2].split("/")[0]
        for address in (f"https://{host}:{port}/", f"http://{host}:{port}/"):
            with pytest.raises(NotDelivered):
                sent_to(address, allow_private=False)

    assert inside.got == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_inside(status: int) -> None:
    with receiver() as inside, receiver() as outside:
        outside.answers = [(status, {"Location": inside.address})]
        with pytest.raises(NotDelivered, match="points to another address"):
            sent_to(outside.address, allow_private=True)

    assert (len(outside.got), inside.got) == (1, [])
