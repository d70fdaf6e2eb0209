"""The identity provider of the organisation (OpenID Connect), as the environment names it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shinrai.site.environment import BadSetting, read_secret, read_text

ON_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def oidc_providers(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return allauth's settings of the provider; nothing if none is named.

    Raises: BadSetting if it is named in part, or could be read on its way.
    """
    issuer = read_text("SHINRAI_OIDC_ISSUER", environment=environment)
    client_id = read_text("SHINRAI_OIDC_CLIENT_ID", environment=environment)
    secret = read_secret("SHINRAI_OIDC_CLIENT_SECRET", environment=environment)
    name = read_text("SHINRAI_OIDC_NAME", environment=environment)
    needed = {
        "SHINRAI_OIDC_ISSUER": issuer,
        "SHINRAI_OIDC_CLIENT_ID": client_id,
        "SHINRAI_OIDC_CLIENT_SECRET": secret,
    }
    missing = [variable for variable, value in needed.items() if not value]
    if len(missing) == len(needed) and name is None:
        return {}
    if missing or issuer is None:
        raise BadSetting(
            f"{', '.join(missing)}: missing; sign-in by OpenID Connect needs all three"
        )
    place = urlsplit(issuer)
    if place.scheme != "https" and place.hostname not in ON_THIS_MACHINE:
        raise BadSetting(f"SHINRAI_OIDC_ISSUER is {issuer!r}; it accepts an https:// address")
    app = {
        "provider_id": "sso",
        "name": name or place.hostname,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
