"""Post JSON to a webhook: to a checked address, without following where it points on."""

import base64
import email.utils
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx

from shinrai.delivery.errors import NO_ANSWER, NotDelivered, PutOff, TargetGone
from shinrai.delivery.network import checked_target
from shinrai.units.text import Text

TIMEOUT: Final = httpx.Timeout(10.0)
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_ASKED_S: Final = 86_400.0
GONE: Final = frozenset({404, 410})
PREFIX: Final = "whsec_"


def encoded(payload: Mapping[str, Any]) -> bytes:
    """Return a payload as the bytes that are sent and signed."""
    return json.dumps(dict(payload), ensure_ascii=False, separators=(",", ":")).encode()


def new_secret() -> str:
    """Return a secret that a receiver checks signatures with, as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, key: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a body and when; none without a secret.

    Several secrets, with blanks between, are a signature each: of which the receiver knows one.
    Source: https://www.standardwebhooks.com, "symmetric signatures": HMAC-SHA256 over id, moment
    and body. The id stays the same when a message is tried again, the moment does not.
    """
    if not secret:
        return {}
    moment = str(int(at.timestamp()))
    signed = b".".join((key.encode(), moment.encode(), body))
    keys = [base64.b64decode(one.removeprefix(PREFIX)) for one in secret.split()]
    proofs = [base64.b64encode(hmac.digest(one, signed, "sha256")).decode() for one in keys]
    proof = " ".join(f"v1,{one}" for one in proofs)
    return {"webhook-id": key, "webhook-timestamp": moment, "webhook-signature": proof}


def post(
    address: str, body: bytes, *, headers: Mapping[str, str], at: datetime, allow_private: bool
) -> None:
    """Post a body, of JSON unless its headers say otherwise.

    No proxy of the environment is asked, as it would look the name up again. The answer's body is
    not read: it is whatever the other side likes.

    Raises: NotDelivered, PutOff.
    """
    target = checked_target(address, allow_private=allow_private)
    sent = {
        "Host": target.header,
        "User-Agent": "shinrai",
        "Content-Type": "application/json",
        **headers,
    }
    try:
        with (
            httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST",
                target.url,
                content=body,
                headers=sent,
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            status, asked = answer.status_code, answer.headers.get("retry-after", "")
    except httpx.HTTPError as error:
        raise PutOff(NO_ANSWER.using(host=target.host)) from error
    if status < 300:
        return
    if status in PASSING:
        said = Text("{host} answered {status}", host=target.host, status=status)
        raise PutOff(said, after_s=_retry_after_s(asked, at))
    if status < 400:
        raise NotDelivered(
            Text(
                "{host} points to another address ({status}); give that address itself",
                host=target.host,
                status=status,
            )
        )
    said = Text(
        "{host} refused the message ({status}); see whether the webhook still exists",
        host=target.host,
        status=status,
    )
    raise TargetGone(said) if status in GONE else NotDelivered(said)


def _retry_after_s(text: str, at: datetime) -> float | None:
    """Return the wait in `Retry-After`, a number or a date; None if there is none."""
    try:
        found = float(text)
    except ValueError:
        try:
            found = email.utils.parsedate_to_datetime(text).timestamp() - at.timestamp()
        except (ValueError, TypeError):
            return None
    return min(max(found, 0.0), LONGEST_ASKED_S) if found == found else None
