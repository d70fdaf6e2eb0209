"""高橋's process is killed while she sends T-1 back: all of it happened, or nothing."""

import signal
import subprocess
import sys

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.steps import file_investigation
from shinrai.ledger.models import Case, Step
from shinrai.objectives.models import Clock
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.processes import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.fixture
def case_id(cast: Cast) -> int:
    open_desk(cast.workspace)
    return file_investigation(
        workspace_id=cast.workspace.id, source_key="T-1", at=tokyo(9, 10),
        by=cast.agent.member.key, words="ログインできません",
    )  # fmt: skip


def killed(case_id: int, cast: Cast, point: str) -> None:
    given = [str(case_id), cast.engineer.member.key, tokyo(9, 11).isoformat(), point]
    done = subprocess.run(
        [sys.executable, "-m", "tests.desk.action_process", *given],
        env=environment(DJANGO_SETTINGS_MODULE="shinrai.site.settings"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("point", ["act.steps_appended", "act.all_followed"])
def test_before_the_commit_nothing_happened_and_it_can_be_done_again(
    case_id: int, cast: Cast, point: str
) -> None:
    killed(case_id, cast, point)

    assert list(Step.objects.filter(case_id=case_id).values_list("kind", flat=True)) == ["filed"]
    assert Clock.objects.get(case_id=case_id, gone=False).due_at == tokyo(11, 18)
    assert not AuditEntry.objects.filter(what="case action").exists()

    act(ActionRequest(case_id, "send_back", {"missing": "version"}, cast.engineer.member,
                      tokyo(9, 12)))  # fmt: skip
    assert Case.objects.get(pk=case_id).steps.count() == 2


def test_after_the_commit_all_of_it_happened_and_twice_is_refused(case_id: int, cast: Cast) -> None:
    killed(case_id, cast, "act.committed")

    assert Case.objects.get(pk=case_id).steps.count() == 2
    assert Clock.objects.get(case_id=case_id, gone=False).due_at is None
    assert AuditEntry.objects.filter(what="case action").count() == 1
