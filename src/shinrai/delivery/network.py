"""Which addresses a request to a target that members typed may reach: public ones alone.

A name is looked up once, every address it has is judged, and the request goes to one of those that
were judged: a name that is given another address a moment later reaches nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final

import httpx

from shinrai.delivery.errors import NO_ANSWER, NotDelivered, PutOff
from shinrai.units.text import Text

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Answered by the cloud that a machine runs in (Azure, Oracle, Alibaba, Amazon), though public or
# private by their number.
METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254"))
)
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are IPv4
# All that is given out of IPv6 (RFC 4291); what is left of it carries IPv4 in ways of the past.
GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
LONGEST: Final = 2000


@dataclass(frozen=True)
class CheckedTarget:
    """A target as it is requested: by one judged address, under the name that was typed."""

    url: httpx.URL
    host: str
    header: str


def carried_address(found: IpAddress) -> IpAddress:
    """Return the IPv4 address that an IPv6 one carries, else the address itself."""
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public network, also where IPv6 carries IPv4."""
    found = carried_address(ipaddress.ip_address(address.partition("%")[0]))
    if isinstance(found, ipaddress.IPv6Address) and found not in GLOBAL_UNICAST:
        return False
    return found.is_global and not found.is_multicast and found not in METADATA


def is_machinery(address: str) -> bool:
    """Tell whether an address is one that networks and clouds keep for themselves.

    No service lies there, not even in a network of one's own.
    """
    found = carried_address(ipaddress.ip_address(address.partition("%")[0]))
    is_reserved = found.is_link_local or found.is_multicast or found.is_unspecified
    return is_reserved or found in METADATA


def read_target(text: str, *, allow_private: bool) -> httpx.URL:
    """Return an address as typed, if it may be one of a webhook; nothing is looked up.

    Raises: NotDelivered.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise _no_address() from error
    schemes = ("https", "http") if allow_private else ("https",)
    if url.scheme not in schemes or not url.host or url.userinfo or len(text) > LONGEST:
        raise _no_address()
    return url


def checked_target(text: str, *, allow_private: bool) -> CheckedTarget:
    """Look a target up, once, and return the address that may be requested.

    Raises: NotDelivered if any of its addresses is not public; PutOff if the name is not known.
    """
    url = read_target(text, allow_private=allow_private)
    name = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    address = checked_address(name, port, allow_private=allow_private)
    return CheckedTarget(
        url=url.copy_with(host=address), host=name, header=url.netloc.decode("ascii")
    )


def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """Look a host up, once, and return the address that may be connected to.

    Raises: NotDelivered if any of its addresses is not public; PutOff if the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PutOff(NO_ANSWER.using(host=host)) from error
    addresses = sorted({str(place[0]) for *_, place in found}, key=lambda one: ":" in one)
    if not addresses:
        raise PutOff(NO_ANSWER.using(host=host))
    if not allow_private and not all(map(is_public, addresses)):
        raise NotDelivered(
            Text(
                "{host} is an address inside a network, which messages may not reach. Whoever "
                "runs Shinrai may allow it by SHINRAI_PRIVATE_TARGETS.",
                host=host,
            )
        )
    return addresses[0]


class PublicTransport(httpx.HTTPTransport):
    """Sends the requests of a client to judged addresses alone; each is looked up and judged."""

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the address that was judged. Raises: NotDelivered, PutOff."""
        place = str(request.url.copy_with(raw_path=b"/"))
        target = checked_target(place, allow_private=self._allow_private)
        request.url = request.url.copy_with(host=target.url.host)
        request.extensions = {**request.extensions, "sni_hostname": target.host}
        return super().handle_request(request)


def _no_address() -> NotDelivered:
    return NotDelivered(Text("Give the whole address of the webhook, beginning with https://."))
