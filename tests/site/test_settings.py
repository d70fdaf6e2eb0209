"""What an installation that browsers reach from outside relies on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shinrai.site.environment import BadSetting
from shinrai.site.home_folder import SIGNING_BYTES, read_or_make_secret
from shinrai.site.identity_provider import oidc_providers


@pytest.mark.parametrize("made", [False, True])
def test_nothing_is_left_for_django_to_warn_of(tmp_path: Path, made: bool) -> None:
    """As an administrator checks before the first day: with keys made, and before."""
    home = tmp_path / "home"
    if made:
        read_or_make_secret(home, "secret-key", size=SIGNING_BYTES)

    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=os.environ
        | {
            "SHINRAI_HOME": str(home),
            "SHINRAI_HTTPS": "yes",
            "SHINRAI_HOSTS": "cre.example.com",
            "DJANGO_SETTINGS_MODULE": "shinrai.site.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert home.exists() == made


OIDC = {
    "SHINRAI_OIDC_ISSUER": "https://id.example.jp/realms/tanuki/",
    "SHINRAI_OIDC_CLIENT_ID": "shinrai",
    "SHINRAI_OIDC_CLIENT_SECRET": "not-a-secret",
}


class TestIdentityProvider:
    def test_is_off_where_none_is_named(self) -> None:
        assert oidc_providers({}) == {}

    def test_is_named_after_its_host_unless_said_otherwise(self) -> None:
        [app] = oidc_providers(OIDC)["openid_connect"]["APPS"]
        [named] = oidc_providers(OIDC | {"SHINRAI_OIDC_NAME": "たぬきID"})["openid_connect"]["APPS"]

        assert (app["name"], named["name"]) == ("id.example.jp", "たぬきID")
        assert app["settings"]["server_url"] == "https://id.example.jp/realms/tanuki"

    @pytest.mark.parametrize("left_out", OIDC)
    def test_half_of_it_is_refused_by_name(self, left_out: str) -> None:
        with pytest.raises(BadSetting, match=left_out):
            oidc_providers({name: text for name, text in OIDC.items() if name != left_out})

    @pytest.mark.parametrize("issuer", ["http://id.example.jp", "id.example.jp", "ftp://id"])
    def test_an_issuer_that_can_be_read_on_its_way_is_refused(self, issuer: str) -> None:
        with pytest.raises(BadSetting, match="SHINRAI_OIDC_ISSUER"):
            oidc_providers(OIDC | {"SHINRAI_OIDC_ISSUER": issuer})
