"""The product links a guardian over the API, and staff by command: the same links either way."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.family.commands import group
from shinrai.family.models import GuardianLinkStep
from tests.api.caller import key_of
from tests.cast import Cast

NOW = datetime(2026, 6, 10, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]


@time_machine.travel(NOW, tick=False)
def test_the_product_links_a_guardian_and_either_side_ends_it(cast: Cast) -> None:
    product = key_of(cast.workspace, Role.OWNER, Scope.WRITE)
    made = product.post("learners/hana/guardian-codes", idempotency_key="1", name="はな").json()
    again = product.post("learners/hana/guardian-codes", idempotency_key="1", name="はな").json()
    assert made == again

    claim = {"code": made["code"], "mail": "mother@home.example", "language": "ja"}
    wrong = product.post("guardians/g-1/claim", idempotency_key="2", code="AAAAAAAA")
    assert wrong.status_code == 404
    assert GuardianLinkStep.objects.filter(kind="missed").count() == 1
    assert product.post("guardians/g-1/claim", **claim).json()["state"] == "claimed"
    assert product.post("guardians/g-2/claim", **claim).status_code == 404
    assert product.get("guardians/g-1").json()["waiting"] == ["hana"]
    assert product.post("learners/hana/guardians/g-2/confirm").status_code == 422
    assert product.post("learners/hana/guardians/g-1/confirm").json()["state"] == "linked"

    read = product.get("guardians/g-1").json()
    assert [(one["learner"], one["name"]) for one in read["learners"]] == [("hana", "はな")]
    assert "mother@home.example" not in json.dumps(read)
    way = product.post("guardians/g-1/link").json()
    assert "/family/in/" in way["address"]
    assert product.post("guardians/g-1/learners/hana/end").json() == {"ended": 1}
    assert product.post("learners/hana/guardians/g-1/end").status_code == 422
    [link] = product.get("learners/hana/guardians").json()["links"]
    assert (link["state"], link["ended_by"]) == ("ended", "guardian")


@pytest.mark.parametrize(
    "body",
    [{"mail": "no address"}, {"zone": "Mars/North"}, {"language": "tlh"}, {"code": ""}],
)
@time_machine.travel(NOW, tick=False)
def test_what_a_guardian_says_wrongly_is_refused_and_uses_no_code(cast: Cast, body: Any) -> None:
    product = key_of(cast.workspace, Role.OWNER, Scope.WRITE)
    code = product.post("learners/hana/guardian-codes").json()["code"]

    assert product.post("guardians/g-1/claim", **({"code": code} | body)).status_code == 422
    assert product.post("guardians/g-1/claim", code=code).status_code == 200


def test_staff_do_the_same_by_command(cast: Cast) -> None:
    def run(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(group, [*words, "--workspace", "tanuki", "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.output) if code == 0 else done.output

    both = ("--learner", "hana", "--guardian", "g-1")
    made = run("code", "--learner", "hana", "--name", "はな")
    run("claim", made["code"], "--guardian", "g-1", "--mail", "mother@home.example")
    assert run("confirm", *both)["state"] == "linked"
    assert [one["state"] for one in run("list")["links"]] == ["linked"]
    assert "/family/in/" in run("link", "--guardian", "g-1")["address"]
    assert run("end", *both, "--reason", "asked by phone") == {"ended": 1}
    run("end", *both, "--reason", "asked by phone", code=2)
