"""Errors between us and a server that we pull from."""

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class PullFailed(UserError, RuntimeError):
    """The server cannot be reached now; the same command later continues where this one stopped.

    `after_s` is the wait that it asked for.
    """

    def __init__(self, text: Text, *, after_s: float = 0.0) -> None:
        super().__init__(text)
        self.after_s = after_s


class PullRefused(UserError, RuntimeError):
    """The server refuses the request: something must be corrected before another try."""

    def __init__(self, text: Text, *, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class BadAddress(UserError, ValueError):
    """A token may not be sent to this address."""


def refused(where: str, status: int, hint: str = "") -> PullRefused:
    """Return the error for an answer that another try will not change."""
    why = _REFUSALS.get(status) or Text("the server answered {status}", status=status)
    shown = f" ({hint})" if hint else ""
    text = Text("{where}: {why}{hint}", where=where, why=why, hint=shown)
    return PullRefused(text, status=status)


def moved(where: str, status: int, to: str) -> PullRefused:
    """Return the error for a redirect: a token is not sent to another server."""
    return PullRefused(
        Text(
            "{where}: the server sends us on to {to}; if that is yours, give it as --url",
            where=where,
            to=to,
        ),
        status=status,
    )


def not_json(where: str) -> PullRefused:
    """Return the error for an answer that is not JSON, such as a web page."""
    return PullRefused(
        Text(
            "{where}: the answer is not JSON; --url is probably not the address of the "
            "service itself",
            where=where,
        ),
    )


def too_large(where: str, megabytes: int) -> PullRefused:
    """Return the error for an answer larger than any page of records."""
    return PullRefused(
        Text(
            "{where}: the answer is larger than {megabytes} MiB; that is no page of records",
            where=where,
            megabytes=megabytes,
        ),
    )


def bad_certificate(where: str, why: str) -> PullRefused:
    """Return the error for a server whose certificate is not trusted."""
    return PullRefused(
        Text(
            "{where}: its certificate cannot be trusted ({why}); check --url, or name "
            "your company's authorities by SSL_CERT_FILE",
            where=where,
            why=why,
        ),
    )


def given_up(where: str, tries: int, last: str, after_s: float = 0.0) -> PullFailed:
    """Return the error for a server that did not answer after all tries."""
    return PullFailed(
        Text(
            "{where}: no answer after {tries} tries (last: {last}); give the same "
            "command again later, it goes on where it stopped",
            where=where,
            tries=tries,
            last=last,
        ),
        after_s=after_s,
    )


def bad_address(url: str) -> BadAddress:
    """Return the error for an address that is invalid, or would expose a token."""
    return BadAddress(
        Text(
            "{url}: give the address of the service, such as https://acme.example.com; "
            "http:// is for this machine alone",
            url=url,
        ),
    )


def no_service(host: str) -> BadAddress:
    """Return the error for an address that networks reserve for themselves."""
    return BadAddress(
        Text(
            "{host}: no help desk lies at this address, which networks keep for "
            "themselves; give the address of the service, such as "
            "https://acme.example.com",
            host=host,
        ),
    )


_REFUSALS = {
    401: Text("the token is not accepted; check what is in --token-file, and whom it belongs to"),
    403: Text("the token may not read this; give it to somebody who may, or widen its rights"),
    404: Text("there is nothing at this address; check --url, or whether your plan has it"),
}
