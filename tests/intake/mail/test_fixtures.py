"""Mail of fourteen mail projects, broken in every way known: each becomes something that is said.

Looked for in `../shared/data/mail_fixtures`.
"""

from collections import Counter
from pathlib import Path

import pytest

from shinrai.intake.mail import cases
from shinrai.intake.mail.message import receipt_id, shortened
from shinrai.intake.models import Receipt
from shinrai.intake.operations.receipts import handle_waiting, receive
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.intake.mail.mailbox import connect_mailbox

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "mail_fixtures"


@pytest.mark.django_db
@pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/mail_fixtures is not there")
def test_every_file_becomes_something_that_is_said(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = connect_mailbox(cast.workspace)
    monkeypatch.setattr(cases, "MOST_AN_HOUR", 10_000)  # hundreds are of the same few people
    names = set()
    files = [path for path in sorted(FOLDER.rglob("*")) if path.is_file()]
    for path in files:
        content = path.read_bytes()
        name = receipt_id(content)
        names.add(name)
        body = shortened(content, len(content))
        receive(connection_id=there, outside_id=name, body=body, at=NOW)

    handle_waiting(clock=lambda: NOW)

    rows = Receipt.objects.values_list("state", "case_id", "reason", "attempts")
    became = Counter(state for state, *_ in rows)
    assert len(files) > 1_400
    assert set(became) == {"done", "ignored"}
    assert len(rows) == len(names)
    assert all(case if state == "done" else why for state, case, why, _tries in rows)
    assert became["done"] > 400
