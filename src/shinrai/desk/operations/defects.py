"""Link a case to a defect, say in which release it is fixed, and record who was told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.delivery.outbox import stop_messages
from shinrai.desk.models import Defect, DefectCase, DefectFix, ToldBack
from shinrai.desk.operations.steps import take_step
from shinrai.desk.queries.defects import inquiry_behind
from shinrai.desk.rules.defects import (
    LONGEST_RELEASE,
    LONGEST_TITLE,
    BadDefect,
    one_line,
    web_address,
)
from shinrai.desk.rules.tell_back import sender_of
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.ledger.queries import CaseHead, case_heads
from shinrai.postgres.queue import request_refresh
from shinrai.units.text import Text

ROLE = "engineer"


def link_defect(*, case_id: int, url: str, title: str, at: datetime, by: str) -> int:
    """Link a case, whoever works it, to the defect of a ticket; return the defect's number.

    The same address is the same defect, whose title stays. What an investigation is linked to
    concerns the inquiry it is about too. Each case gets a note in its timeline.
    Raises: BadDefect; StepRefused.
    """
    url = web_address(url)
    with transaction.atomic():
        head = case_heads([case_id])[case_id]
        defect = Defect.objects.filter(workspace_id=head.workspace_id, url=url).first()
        if defect is None:
            title = one_line(title, LONGEST_TITLE, Text("Title"))
            # Another one may have linked it in this moment: then theirs is taken.
            defect, _ = Defect.objects.get_or_create(
                workspace_id=head.workspace_id,
                url=url,
                defaults={"title": title, "made_at": at, "by": by},
            )
        above = inquiry_behind(head)
        for one, about in ((head, above), (above, None)):
            if one is not None and _is_new(defect, one, about, at, by):
                detail = _note(defect)
                take_step(case_id=one.id, kind="note", at=at, by=by, role=ROLE, detail=detail)
        _audit("link defect", defect, at, by)
    return int(defect.pk)


def fix_defect(*, workspace_id: int, defect_id: int, release: str, at: datetime, by: str) -> None:
    """Say in which release a defect is fixed; from now on people are told anew.

    Each of its cases gets a note, by which figures count an investigation's defect as fixed.
    Raises: BadDefect.
    """
    release = one_line(release, LONGEST_RELEASE, Text("Release"))
    with transaction.atomic():
        defect = _defect(workspace_id, defect_id)
        for before in DefectFix.objects.filter(defect=defect):
            # Nobody is to hear of a release that did not fix it.
            stop_messages(sender=sender_of(before.pk), at=at)
        DefectFix.objects.create(defect=defect, release=release, at=at, by=by)
        detail = {**_note(defect), "outcome": "fixed", "release": release}
        cases = list(DefectCase.objects.filter(defect=defect).values_list("case_id", flat=True))
        _note_all(workspace_id, cases, detail, at, by)
        _audit("fix defect", defect, at, by)


def record_told_back(*, workspace_id: int, row: int, at: datetime, by: str) -> int:
    """Record that whoever asked in a case was told of the fix; return the defect's number.

    `row` is the number by which the case is linked to the defect.
    Raises: BadDefect if it is none, or nothing is fixed yet.
    """
    with transaction.atomic():
        link = DefectCase.objects.filter(pk=row, defect__workspace_id=workspace_id).first()
        if link is None:
            raise BadDefect(Text("this case is not linked to the defect; look at its page again"))
        if not DefectFix.objects.filter(defect_id=link.defect_id).exists():
            raise BadDefect(
                Text("this defect is not fixed yet; say first in which release it is fixed")
            )
        ToldBack.objects.create(defect_case=link, at=at, by=by)
        _audit("tell of fix", link.defect, at, by)
    return int(link.defect_id)


def _is_new(defect: Defect, head: CaseHead, about: CaseHead | None, at: datetime, by: str) -> bool:
    rest = {"inquiry_id": about.id if about else None, "at": at, "by": by}
    link = DefectCase.objects.get_or_create(defect=defect, case_id=head.id, defaults=rest)
    return link[1]


def _note(defect: Defect) -> dict[str, Any]:
    return {"purpose": "defect", "defect": defect.pk, "defect_reference": defect.url}


def _note_all(
    workspace_id: int, cases: Iterable[int], detail: Mapping[str, Any], at: datetime, by: str
) -> None:
    """Append the same note to many cases at once; a note moves no clock."""
    steps = [NewStep(case_id, at, "note", by, ROLE, detail=detail) for case_id in cases]
    append_steps(workspace_id=workspace_id, steps=steps, count=len(steps), recorded_at=at)
    request_refresh()


def _defect(workspace_id: int, defect_id: int) -> Defect:
    found = Defect.objects.filter(workspace_id=workspace_id, pk=defect_id).first()
    if found is None:
        raise BadDefect(Text("there is no such defect here; look at the list of defects"))
    return found


def _audit(what: str, defect: Defect, at: datetime, by: str) -> None:
    record_action(
        workspace_id=defect.workspace_id, what=what, subject=f"defect:{defect.pk}", at=at, by=by
    )
