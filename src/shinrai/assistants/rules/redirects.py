"""Where an assistant may take a member back to after they consented, and so live.

http://127.0.0.1:33418/callback   a program on the member's own machine
https://claude.ai/api/mcp/…       one behind TLS
cursor://anysphere.cursor-mcp/…   an editor
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

MOST_ADDRESSES: Final = 10
LONGEST_ADDRESS: Final = 500
HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
OWN_MACHINE: Final = ("127.0.0.1", "localhost")
# Programs on a desk; others have the name of a domain turned round, as RFC 8252 asks.
EDITORS: Final = ("cursor", "vscode", "vscode-insiders", "windsurf", "zed", "claude")
OF_A_DOMAIN: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+")


def redirect_source(address: str) -> str | None:
    """Return the part of an address that our content policy lets a form lead to; None: refused.

    It becomes part of a header, so nothing but plain hosts and schemes passes.
    """
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    scheme, place = parts.scheme, f":{port}" if port else ""
    if scheme in ("http", "https"):
        is_plain = HOST.fullmatch(host) and "@" not in parts.netloc and not parts.fragment
        is_near = scheme == "https" or host in OWN_MACHINE
        return f"{scheme}://{host}{place}" if is_plain and is_near else None
    return f"{scheme}:" if scheme in EDITORS or OF_A_DOMAIN.fullmatch(scheme) else None


def are_redirects_allowed(addresses: Iterable[str]) -> bool:
    """Tell whether an assistant may register these addresses."""
    every = list(addresses)
    return 0 < len(every) <= MOST_ADDRESSES and all(map(redirect_source, every))
