"""Web push: a short text for a browser, encrypted for it alone, by the push service it named.

Sources: RFC 8030 (push), RFC 8291 (encryption), RFC 8292 (VAPID, by which a service knows who
sends). An address of a subscription is the input of whoever subscribes: only services that
`SHINRAI_PUSH_HOSTS` names are asked, by a judged address, without following where they point on.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

import http_ece
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from shinrai.delivery import webhook
from shinrai.delivery.errors import NotDelivered
from shinrai.delivery.network import read_target
from shinrai.units.text import Text

KEPT_S: Final = 3 * 24 * 3600  # by the service, while the browser is not there
VALID_S: Final = 12 * 3600  # of a token; the RFC allows a day
# The order of P-256 (FIPS 186-5).
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
UNUSABLE: Final = Text(
    "This browser cannot be sent messages: it names no push service that is known here."
)


def read_subscription(document: object) -> str:
    """Return what a browser subscribed with, if something may be sent there.

    Raises: NotDelivered.
    """
    try:
        found: Any = document
        endpoint, keys = str(found["endpoint"]), found["keys"]
        public, secret = (_bytes(str(keys[name])) for name in ("p256dh", "auth"))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except (KeyError, TypeError, ValueError, UnsupportedAlgorithm, binascii.Error) as error:
        raise NotDelivered(UNUSABLE) from error
    url = read_target(endpoint, allow_private=settings.SHINRAI_PRIVATE_TARGETS)
    name = url.raw_host.decode("ascii").lower()
    if len(secret) != 16 or not any(fnmatchcase(name, one) for one in settings.SHINRAI_PUSH_HOSTS):
        raise NotDelivered(UNUSABLE)
    return json.dumps(
        {"endpoint": str(url), "keys": {"p256dh": _text(public), "auth": _text(secret)}}
    )


def send(subscription: str, content: Mapping[str, Any], *, topic: str, at: datetime) -> None:
    """Send a payload of at most some 3,000 bytes; of those with a topic the newest one stays.

    Raises: NotDelivered, PutOff; TargetGone if the browser does not subscribe any more.
    """
    found = json.loads(read_subscription(json.loads(subscription)))
    body = http_ece.encrypt(
        webhook.encoded(content),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(found["keys"]["p256dh"]),
        auth_secret=_bytes(found["keys"]["auth"]),
        version="aes128gcm",
    )
    scheme, _, rest = found["endpoint"].partition("://")
    claims = {"aud": f"{scheme}://{rest.partition('/')[0]}", "exp": int(at.timestamp()) + VALID_S}
    is_public = settings.SHINRAI_ADDRESS.startswith("https://")
    mail = f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    claims["sub"] = settings.SHINRAI_ADDRESS if is_public else mail
    headers = {
        **Vapid02(_private_key(settings.SHINRAI_MASTER_KEY)).sign(claims),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT_S),
        "Urgency": "normal",
        "Topic": topic.replace("-", "")[:32],
    }
    webhook.post(
        found["endpoint"],
        body,
        headers=headers,
        at=at,
        allow_private=settings.SHINRAI_PRIVATE_TARGETS,
    )


def public_key() -> str:
    """Return the key that browsers subscribe with, in base64 for addresses."""
    point = _private_key(settings.SHINRAI_MASTER_KEY).public_key()
    encoding = serialization.Encoding.X962
    return _text(point.public_bytes(encoding, serialization.PublicFormat.UncompressedPoint))


@cache
def _private_key(master_key: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key of this installation: it follows from the master key, and is kept nowhere."""
    number = int.from_bytes(hmac.digest(master_key, b"shinrai web push", "sha512"), "big")
    return ec.derive_private_key(number % (ORDER - 1) + 1, ec.SECP256R1())


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
