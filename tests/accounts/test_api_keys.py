"""Keys of the HTTP API: made once, stored nowhere, revoked for good."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from shinrai.accounts import queries
from shinrai.accounts.commands.members import group
from shinrai.accounts.models import ApiKey
from shinrai.accounts.operations.api_keys import revoke_key
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.api.rate_limit import count_request
from tests.api.caller import key_of
from tests.cast import BY, OPENED_AT, Cast

pytestmark = pytest.mark.django_db
SETTINGS = "/w/tanuki/settings/keys/"


def ran(*words: str) -> Any:
    done = CliRunner().invoke(group, ["key", *words, "--workspace", "tanuki", "--json"])
    return json.loads(done.stdout) if done.exit_code == 0 else done.exit_code


def test_a_command_makes_lists_and_revokes(cast: Cast) -> None:
    made = ran("add", "--role", "cre_engineer", "--scope", "write", "--label", "bridge")
    [listed] = ran("list")["keys"]
    assert (listed["label"], listed["scope"], listed["roles"]) == (
        "bridge", "write", ["cre_engineer"],
    )  # fmt: skip
    assert made["key"] not in json.dumps(listed)
    assert queries.api_key(made["key"])

    ran("revoke", str(listed["number"]))
    assert queries.api_key(made["key"]) is None
    assert ran("list")["keys"][0]["is_revoked"]
    assert ran("revoke", str(listed["number"])) == 2, "it is revoked already"
    assert ran("add", "--role", "janitor") == 2


def test_the_secret_is_stored_nowhere(cast: Cast) -> None:
    key = key_of(cast.workspace, Role.CS_AGENT)

    [row] = ApiKey.objects.values()
    assert key.secret not in str(row)
    assert key.secret not in str(queries.audit(workspace_id=cast.workspace.id))


def test_an_owner_makes_and_revokes_on_a_page(cast: Cast) -> None:
    client = cast.owner.client()
    refused = client.post(SETTINGS, {"label": "", "role": "cs_agent", "scope": "read"})
    assert refused.status_code == 422
    shown = client.post(SETTINGS, {"label": "夜間集計", "role": "cs_agent", "scope": "read"})
    [key] = queries.api_keys(workspace_id=cast.workspace.id)
    secret = shown.context["made"].secret
    assert secret in shown.text
    assert secret not in client.get(SETTINGS).text
    assert queries.api_key(secret) == key

    assert client.post(f"{SETTINGS}{key.number}/revocation/").status_code == 302
    assert queries.api_key(secret) is None
    assert client.post(f"{SETTINGS}{key.number}/revocation/").status_code == 404
    assert cast.manager.client().get(SETTINGS).status_code == 403


def test_a_key_is_no_person(cast: Cast) -> None:
    key_of(cast.workspace, Role.OWNER)

    page = cast.owner.client().get("/w/tanuki/members/").text
    assert "bridge" not in page
    assert "imports only" not in page


def test_who_has_no_key_that_works_is_told_so(cast: Cast) -> None:
    gone = key_of(cast.workspace, Role.OWNER)
    revoke_key(workspace_id=cast.workspace.id, number=gone.record.number, at=OPENED_AT, by=BY)
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {gone.secret}"}):
        answer = Client().get("/api/v1/workspaces/tanuki/audit", headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_who_is_signed_in_as_a_person_is_no_program(cast: Cast) -> None:
    assert cast.owner.client().get("/api/v1/workspaces/tanuki/audit").status_code == 401


def test_the_key_of_another_workspace_learns_nothing(cast: Cast) -> None:
    key = key_of(cast.simulated, Role.OWNER, Scope.BACKFILL)
    there, nowhere = (
        Client().get(
            f"/api/v1/workspaces/{slug}/audit", headers={"Authorization": f"Bearer {key.secret}"}
        )
        for slug in ("tanuki", "nowhere")
    )
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_the_audit_is_walked_while_it_grows(cast: Cast) -> None:
    key = key_of(cast.workspace, Role.MANAGER)
    whole = key.get("audit", limit=200).json()["items"]
    later = datetime.now(UTC) + timedelta(hours=1)
    walked, cursor = [], None
    while len(walked) < len(whole):
        page = key.get("audit", limit=3, **({"cursor": cursor} if cursor else {})).json()
        walked, cursor = walked + page["items"], page["next_cursor"]
        read = {"what": "words of a case", "subject": "inquiry:1", "by": BY}
        record_view(workspace_id=cast.workspace.id, at=later, **read)

    assert (walked, cursor) == (whole, None)


def test_too_many_requests_are_told_when_to_come_again(cast: Cast, settings: Any) -> None:
    settings.SHINRAI_API_PER_MINUTE = 3
    key, other = key_of(cast.workspace, Role.OWNER), key_of(cast.workspace, Role.OWNER)
    answers = [key.get("audit") for _ in range(5)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert [one.headers["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0", "0"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert other.get("audit").status_code == 200


def test_ten_thousand_requests_in_a_minute_are_counted(cast: Cast) -> None:
    limits = [count_request("staff:1", at=OPENED_AT, most=9_990) for _ in range(10_000)]

    assert sum(limit.is_over for limit in limits) == 10
