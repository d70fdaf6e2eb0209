"""What monitoring scrapes at the desk of 9 June: OpenMetrics by its grammar, numbers by hand."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shinrai.accounts.operations.api_keys import revoke_key
from shinrai.accounts.rules.role import Role
from shinrai.api.open_metrics import Gauge, open_metrics
from shinrai.delivery.models import Outbox
from shinrai.postgres.queue import add_job
from tests.api.caller import key_of
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk, tokyo

# The ABNF of OpenMetrics 1.0, as far as gauges go.
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
ESCAPED = r'(?:[^\n"\\]|\\["\\n])*'
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
LABEL = rf'[a-zA-Z_][a-zA-Z0-9_]*="{ESCAPED}"'
META = re.compile(rf"# (TYPE ({NAME}) gauge|UNIT ({NAME}) ([a-z]+)|HELP ({NAME}) {ESCAPED})")
SAMPLE = re.compile(rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? ({NUMBER})")


def samples(text: str) -> dict[str, float]:
    """Read text as strictly as the grammar: no line is unknown, no sample comes twice."""
    assert text.endswith("\n# EOF\n") or text == "# EOF\n"
    found: dict[str, float] = {}
    family, seen = "", set()
    for line in text.removesuffix("# EOF\n").split("\n")[:-1]:
        if meta := META.fullmatch(line):
            kind, name = line.split(" ")[1:3]
            if kind == "TYPE":
                assert name not in seen, "a family stands once, its lines together"
                family = name
                seen.add(name)
            assert name == family
            if kind == "UNIT":
                assert name.endswith(f"_{meta[4]}")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] == family
        key = sample[1] + (sample[2] or "")
        assert key not in found
        found[key] = float(sample[3])
    return found


@pytest.mark.pure
@given(st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_no_label_breaks_out_of_its_quotes(label: str, said: str, value: float) -> None:
    text = open_metrics([Gauge("one", said, [({"of": label}, value)]), Gauge("none", "", [])])

    [(key, number)] = samples(text).items()
    inside = key.removeprefix('one{of="').removesuffix('"}')
    assert re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), inside) == label
    assert number == value


@pytest.fixture
def desk(cast: Cast, settings, tmp_path):
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.workspace)
    with time_machine.travel(NOW, tick=False):
        yield cast


def scraped(secret: str) -> dict[str, float]:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert int(answer["RateLimit-Remaining"]) > 0
    return samples(answer.content.decode())


@pytest.mark.django_db
def test_the_desk_in_numbers(desk: Cast) -> None:
    """INV-1 kept, INV-2 overdue; INV-3 and INV-4 fall due; INV-5 waits, as long as it waits."""
    Outbox.objects.create(
        **{"workspace_id": desk.workspace.id, "sender": "x", "once": "x", "channel": "mail"},
        **{"target": b"", "content": {}, "state": "failed", "made_at": NOW, "due_at": NOW},
    )
    add_job("objectives:catch_up", lock="one", once="one")

    found = scraped(key_of(desk.workspace, Role.CS_AGENT).secret)

    cases = 'shinrai_open_cases{workspace="tanuki",record="investigation",state="%s"}'
    expected = {"late": 1, "at_risk": 1, "running": 1, "at_rest": 1}
    assert {state: found[cases % state] for state in expected} == expected
    objective = '{workspace="tanuki",objective="within-2-days"}'
    assert found[f"shinrai_objective_target_ratio{objective}"] == 0.9
    assert found[f"shinrai_objective_attained_ratio{objective}"] == 0.5
    start, end = (
        found[f"shinrai_objective_window_{part}_timestamp_seconds{objective}"]
        for part in ("start", "end")
    )
    assert (start, end) == (tokyo(1, 0).timestamp(), tokyo(1, 0, month=7).timestamp())
    assert found['shinrai_outbox_messages{workspace="tanuki",state="failed"}'] == 1
    assert found['shinrai_jobs{state="waiting"}'] >= 1
    assert "shinrai_worker_heartbeat_age_seconds" not in found, "no worker was ever there"


@pytest.mark.django_db
def test_a_key_sees_its_own_workspace_and_nobody_else_sees_anything(desk: Cast) -> None:
    elsewhere = scraped(key_of(desk.simulated, Role.OWNER).secret)
    assert not [name for name in elsewhere if "tanuki" in name]
    key = key_of(desk.workspace, Role.OWNER)
    refused = [Client().get("/metrics")]
    for sent in ("Bearer x", "Bearer ", key.secret, f"Basic {key.secret}"):
        refused.append(Client().get("/metrics", headers={"Authorization": sent}))
    revoke_key(workspace_id=desk.workspace.id, number=key.record.number, at=NOW, by="test")
    gone = Client().get("/metrics", headers={"Authorization": f"Bearer {key.secret}"})
    for answer in (*refused, gone):
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert "shinrai_open" not in answer.text


@pytest.mark.django_db
def test_a_scraper_that_never_stops_is_told_to(desk: Cast, settings) -> None:
    settings.SHINRAI_API_PER_MINUTE = 2
    key = key_of(desk.workspace, Role.OWNER)
    asked = {"Authorization": f"Bearer {key.secret}"}
    statuses = [Client().get("/metrics", headers=asked).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert Client().get("/metrics", headers=asked).status_code == 200
