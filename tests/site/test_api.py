"""The whole HTTP API: who is answered where, and nothing that the schema does not declare."""

import json
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from shinrai.accounts.rules.permission import is_permitted
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.customers.operations import record_customers
from shinrai.desk.models import CaseFile, Defect
from shinrai.desk.operations.defects import link_defect
from shinrai.desk.operations.files import attach_files
from shinrai.desk.rules.files import NewFile
from shinrai.explore.models import DashboardVersion, QuestionVersion
from shinrai.family.models import GuardianNotice
from shinrai.family.operations.guardians import GuardianDetails, record_guardian
from shinrai.initiatives.models import InitiativeStep
from shinrai.initiatives.rules.declaration import declaration_in
from shinrai.knowledge.operations.articles import write_article
from shinrai.knowledge.rules.article import article_fields
from shinrai.reports.models import DigestStep, SprintDigest
from shinrai.site.api import api
from shinrai.usage.operations.events import ACTORS
from tests.api.caller import Caller, key_of
from tests.cast import BY, Cast
from tests.desk.stage import NOW, OBJECTIVE, open_desk, tokyo
from tests.initiatives.stage import declaration

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
SAMPLES = {"notice": 1, "records": "investigations", "key": "INV-3", "name": OBJECTIVE, "number": 1}
SAMPLES |= {"measure": "streaks", "learner": "hana", "guardian": "g-1"}
OF_PATH: dict[str, dict[str, Any]] = {
    "usage": {"measure": "stickiness"},
    "measures": {"key": "solved"},
    "calendars": {"name": "office"},
    "initiatives": {"key": "templates"},
    "sprint-digests": {"key": "S24", "form": "markdown"},
    "knowledge": {"key": "login"},
    "questions/": {"key": "count"},
    "dashboards/": {"key": "desk"},
}
# What a question must say to be answered at all.
ASKED = {"assignments": {"initiative": "templates", "person": "hana"}}
ASKED |= {"search": {"q": "画面"}, "due": {"start": "2026-06-09T10:00+09:00", "business_days": 2}}
VIA_CS = {"mode": "via_cs"}
EXAMPLES = 25
# Writes that need nothing said.
NO_BODY = ("/cancel", "/link", "/guardian-codes", "/read", "/S24/close", "/retire")
READS = ("exports", "sql/runs")  # by POST, as what is asked for is a document
# Phases and NUL are refused, which JSON Schema cannot say; and of what is wrong on purpose, some
# is lost on the way: a parameter without a value, and the key, which every request here carries.
NOT_OURS = [positive_data_acceptance, negative_data_rejection]
GAP = re.compile(r"{(?:\w+:)?(\w+)}")


@pytest.fixture
def desk(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[Cast]:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.SHINRAI_API_PER_MINUTE = 1_000_000
    numbers = open_desk(cast.workspace)
    link_defect(
        case_id=numbers["INV-3"], url="https://t.example/1", title="無音", at=tokyo(9, 9), by=BY
    )
    OF_PATH["defects/"] = {"number": Defect.objects.get().pk}
    QuestionVersion.objects.create(
        workspace_id=cast.workspace.id, key="count", number=1, title="n", sql="SELECT 1 AS n",
        at=tokyo(9, 9), by=BY,
    )  # fmt: skip
    DashboardVersion.objects.create(
        workspace_id=cast.workspace.id, key="desk", number=1, title="n", document={},
        at=tokyo(9, 9), by=BY,
    )  # fmt: skip
    manual = {"kind": "manual", "language": "ja", "title": "無音", "body": "無音"}
    write_article(
        workspace_id=cast.workspace.id, key="login", is_new=True, at=tokyo(9, 9), by=BY,
        fields=article_fields(manual),
    )  # fmt: skip
    log = [NewFile("記録.log", b"E-401")]
    attach_files(case_id=numbers["INV-3"], sequence=1, files=log, at=tokyo(9, 9), by=BY)
    found = record_customers(
        workspace_id=cast.workspace.id, source=ACTORS, identifiers=["hana"], at=tokyo(9, 9)
    )
    guardian = record_guardian(
        workspace=cast.workspace, identifier="g-1", details=GuardianDetails(), at=tokyo(9, 9)
    )
    declared = declaration_in(declaration(design="assignment", kpi="solved", only=VIA_CS))
    InitiativeStep.objects.create(
        workspace_id=cast.workspace.id, key="templates", kind="declared", by=BY,
        document=declared.document, digest=declared.digest, recorded_at=tokyo(9, 9),
    )  # fmt: skip
    digest = SprintDigest.objects.create(
        workspace_id=cast.workspace.id, key="S24", first_on=tokyo(1, 9).date(), by=BY,
        last_on=tokyo(8, 9).date(), made_at=tokyo(9, 9),
    )  # fmt: skip
    empty = {"past": [], "previous": ""}
    DigestStep.objects.create(digest=digest, kind="prepared", document=empty, at=tokyo(9, 9), by=BY)
    about = {"guardian_id": guardian, "learner_id": found["hana"].id, "kind": "link"}
    told = GuardianNotice.objects.create(
        workspace_id=cast.workspace.id, made_at=tokyo(9, 9), what="made", **about
    )
    OF_PATH["notices/"] = {"notice": told.pk}
    OF_PATH["files/"] = {"number": CaseFile.objects.get().pk}
    with time_machine.travel(NOW, tick=False):
        yield cast


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Let requests share the test's transaction, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def samples(path: str) -> dict[str, Any]:
    """Return what fits into the gaps of an address."""
    return SAMPLES | next((more for part, more in OF_PATH.items() if part in path), {})


def operations() -> Iterator[tuple[str, str, Any]]:
    """Yield each operation's method and address in a workspace, and who is answered."""
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            sample = samples(path)
            address = path.removeprefix("/workspaces/{workspace}/")
            for gap in GAP.finditer(address):
                address = address.replace(gap[0], str(sample[gap[1]]))
            for operation in view.operations:
                [guard] = operation.auth_callbacks
                yield operation.methods[0].lower(), address, guard


def asked(caller: Caller, method: str, address: str) -> int:
    more = ASKED.get(address.rpartition("/")[2], {}) if method == "get" else {}
    status: int = getattr(caller, method)(address, **more).status_code
    return status


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("role", list(Role))
def test_role_and_scope_decide_who_is_answered(desk: Cast, role: Role, scope: Scope) -> None:
    key = key_of(desk.workspace, role, scope)
    for method, address, guard in operations():
        may = is_permitted([role], guard.permission) and scope.includes(guard.scope)
        is_enough = method == "get" or address.endswith(NO_BODY)
        answered = {200} if is_enough else {422}  # an empty body
        assert asked(key, method, address) in (answered if may else {403}), (method, address)


def test_nobody_else_is_answered(desk: Cast) -> None:
    elsewhere = key_of(desk.simulated, Role.OWNER, Scope.BACKFILL)
    stranger = Caller(elsewhere.secret, elsewhere.record, "tanuki")
    nobody = Caller("", elsewhere.record, "tanuki")
    for method, address, _guard in operations():
        assert asked(stranger, method, address) == 404, address
        assert asked(nobody, method, address) == 401, address


def test_every_write_asks_for_the_scope_and_takes_an_idempotency_key() -> None:
    paths = api.get_openapi_schema()["paths"]
    taken = {
        (path, method): [one["name"] for one in operation["parameters"]]
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "get" and not path.endswith(READS)
    }
    assert len(taken) == 50
    assert all("Idempotency-Key" in names for names in taken.values())
    writes = [(address, guard) for method, address, guard in operations() if method != "get"]
    assert {address for address, guard in writes if guard.scope is Scope.READ} == set(READS)


def test_a_fault_is_told_to_programs_as_a_problem(desk: Cast, monkeypatch: Any) -> None:
    client = Client(raise_request_exception=False)
    for address, status in (("/api/v1/nothing", 404), ("/api/v1/", 404)):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["status"]) == (status, status)
    key = key_of(desk.workspace, Role.OWNER, Scope.WRITE)
    too_large = key.post("investigations", text="x" * (6 << 20))
    assert (too_large.status_code, too_large.json()["status"]) == (413, 413)
    headers = {"Authorization": f"Bearer {key.secret}"}
    there = "/api/v1/workspaces/tanuki/investigations"
    for body in ("{", "[" * 100_000, "\xff"):
        answer = client.post(there, body, content_type="application/json", headers=headers)
        assert answer.status_code in (400, 422), body[:5]

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("shinrai.desk.endpoints.cases.queue_of", broken)
    answer = client.get(there, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert "planted" not in answer.text


def test_problems_are_said_in_the_language_asked_for(desk: Cast) -> None:
    answers = {
        language: Client().get("/api/v1/nothing", headers={"Accept-Language": language}).json()
        for language in ("en", "ja", "fr")
    }
    assert answers["en"]["title"] == "There is nothing here." == answers["fr"]["title"]
    assert answers["ja"]["title"] != answers["en"]["title"]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_nothing_breaks_it_and_no_answer_is_undeclared(
    desk: Cast, kept_connection: None, mode: GenerationMode
) -> None:
    key = key_of(desk.workspace, Role.OWNER, Scope.BACKFILL)
    headers = {"Authorization": f"Bearer {key.secret}"}
    document = json.loads(json.dumps(api.get_openapi_schema()))
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    answered: set[int] = set()

    for one in schema.get_all_operations():
        operation = one.ok()
        known = {"workspace": "tanuki"}
        if mode is GenerationMode.POSITIVE:  # or nearly all would be answered 404
            names = {parameter.name for parameter in operation.path_parameters}
            there = samples(operation.path)
            known |= {name: there[name] for name in names & there.keys()}
        cases = operation.as_strategy(mode, path_parameters=known)

        @hypothesis.settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def walk(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=headers, excluded_checks=NOT_OURS)
            answered.add(answer.status_code)

        walk()

    assert answered >= {200, 422}
