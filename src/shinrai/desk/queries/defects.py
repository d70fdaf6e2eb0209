"""Defects: the cases each is behind, whom to tell when it is fixed, and who was told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Max, QuerySet

from shinrai.accounts.queries import members
from shinrai.desk.models import Defect, DefectCase, DefectFix
from shinrai.desk.queries.titles import titles
from shinrai.desk.rules.defects import DefectPerson, persons_of, told_share
from shinrai.ledger.queries import (
    CaseHead,
    case_head,
    case_heads,
    investigations_under,
    steps_of,
)
from shinrai.ledger.rules.steps import Step, standing
from shinrai.units.errors import UserError
from shinrai.units.share import Share
from shinrai.units.text import Text

REFERENCE = "inquiry_reference"
OPENINGS = ("filed", "received", "corrected")
KNOWN = 50  # tickets that the form of a case offers


class UnknownDefect(UserError, LookupError):
    """There is no defect of this number in the workspace."""


@dataclass(frozen=True)
class DefectRow:
    """A defect, with the number of its inquiries, and of the persons told of those to tell.

    `customers` are the distinct ones that are known. `fixed_at` and `release` are of the last fix.
    """

    id: int
    url: str
    title: str
    made_at: datetime
    inquiries: int
    investigations: int
    customers: int
    told: Share
    release: str = ""
    fixed_at: datetime | None = None


@dataclass(frozen=True)
class DefectCaseRow:
    """A case of a defect: where it is answered, and the staff who filed it with CRE.

    `person` says that whoever asked in it is to be told: all inquiries, and the investigations
    whose inquiry is not here. `named` is the key such a one gives to its inquiry.
    """

    row: int
    head: CaseHead
    person: DefectPerson | None
    title: str = ""
    channel: str = ""
    named: str = ""
    filers: tuple[str, ...] = ()


@dataclass(frozen=True)
class DefectView:
    """A defect with its cases."""

    defect: DefectRow
    cases: tuple[DefectCaseRow, ...]


@dataclass(frozen=True)
class CaseDefects:
    """The defects a case is linked to, and others of its workspace that may be chosen."""

    linked: tuple[DefectRow, ...]
    known: tuple[tuple[str, str], ...]  # address, title


def defects(*, workspace_id: int) -> tuple[DefectRow, ...]:
    """List the defects of a workspace, the newest first."""
    return _rows(Defect.objects.filter(workspace_id=workspace_id))


def defects_at(urls: Iterable[str], *, workspace_id: int) -> dict[str, int]:
    """Return the numbers of the defects whose tickets have these addresses."""
    rows = Defect.objects.filter(workspace_id=workspace_id, url__in=list(urls))
    return dict(rows.values_list("url", "id"))


def defects_of(*, case_id: int) -> CaseDefects:
    """Return the defects behind a case, and the newest others of its workspace."""
    linked = _rows(Defect.objects.filter(cases__case_id=case_id))
    workspace_id = case_heads([case_id])[case_id].workspace_id
    others = Defect.objects.filter(workspace_id=workspace_id).exclude(cases__case_id=case_id)
    return CaseDefects(linked, tuple(others.order_by("-id").values_list("url", "title")[:KNOWN]))


def defect_view(*, workspace_id: int, number: int, has_names: bool = True) -> DefectView | None:
    """Return a defect with its cases and whom to tell; None if there is none."""
    found = _rows(Defect.objects.filter(workspace_id=workspace_id, pk=number))
    if not found:
        return None
    links = _links([number])
    below = investigations_under([link.case_id for link in links])
    wanted = {link.case_id for link in links}.union(*below.values())
    steps = steps_of(wanted, workspace_id=workspace_id, kinds=OPENINGS)
    stands = {case_id: standing(some) for case_id, some in steps.items()}
    staff = members(workspace_id=workspace_id) if has_names else ()
    names = {one.key: one.display_name for one in staff}
    said = titles(stands)
    persons = persons_of(link.person for link in links if link.person is not None)
    known = {one.customer: one for one in persons if one.customer is not None}
    cases = []
    for link in links:
        mine = [link.case_id, *below.get(link.case_id, ())]
        mine += [one.case_id for one in links if one.inquiry_id == link.case_id]
        filed = (step.by for one in mine for step in stands.get(one, ()) if step.kind == "filed")
        cases.append(
            DefectCaseRow(
                row=link.row,
                head=link.head,
                person=link.person and known.get(link.person.customer or 0, link.person),
                title=said.get(link.case_id, ""),
                channel=_opening(stands.get(link.case_id, ()), "channel"),
                named=_opening(stands.get(link.case_id, ()), REFERENCE),
                filers=tuple(sorted({names[by] for by in filed if by in names})),
            )
        )
    return DefectView(found[0], tuple(cases))


def known_defect(*, workspace_id: int, number: int) -> DefectView:
    """Return a defect with its cases. Raises: UnknownDefect."""
    found = defect_view(workspace_id=workspace_id, number=number)
    if found is None:
        raise UnknownDefect(Text("there is no defect {number} here", number=number))
    return found


def inquiry_behind(head: CaseHead) -> CaseHead | None:
    """Return the inquiry an investigation is about, if it is here: its own, or the one it names."""
    if head.record != "investigation":
        return None
    if head.parent_id is not None:
        return case_heads([head.parent_id]).get(head.parent_id)
    steps = steps_of([head.id], workspace_id=head.workspace_id, kinds=OPENINGS)
    named = _opening(standing(steps.get(head.id, [])), REFERENCE)
    if not named:
        return None
    return case_head(workspace_id=head.workspace_id, record="inquiry", source_key=named)


@dataclass(frozen=True)
class _Link:
    row: int
    defect_id: int
    case_id: int
    inquiry_id: int | None
    told_at: datetime | None
    head: CaseHead

    @property
    def person(self) -> DefectPerson | None:
        if self.head.record == "investigation" and self.inquiry_id is not None:
            return None
        return DefectPerson(self.head.customer_id, self.told_at)


def _links(defect_ids: Iterable[int]) -> list[_Link]:
    """Return the cases of some defects, in order of defect and case."""
    rows = (
        DefectCase.objects.filter(defect_id__in=list(defect_ids))
        .annotate(told_at=Max("told__at"))
        .order_by("defect_id", "case_id")
        .values_list("id", "defect_id", "case_id", "inquiry_id", "told_at")
    )
    found = list(rows)
    heads = case_heads({row[2] for row in found})
    return [_Link(*row, head=heads[row[2]]) for row in found]


def _rows(wanted: QuerySet[Defect]) -> tuple[DefectRow, ...]:
    rows = list(wanted.order_by("-id"))
    ids = [row.pk for row in rows]
    fixes = {
        fix.defect_id: fix for fix in DefectFix.objects.filter(defect_id__in=ids).order_by("id")
    }
    links = {
        defect_id: list(some)
        for defect_id, some in groupby(_links(ids), key=lambda link: link.defect_id)
    }
    return tuple(_row(row, links.get(row.pk, []), fixes) for row in rows)


def _row(defect: Defect, links: list[_Link], fixes: Mapping[int, DefectFix]) -> DefectRow:
    fix = fixes.get(defect.pk)
    persons = persons_of(link.person for link in links if link.person is not None)
    return DefectRow(
        id=defect.pk,
        url=defect.url,
        title=defect.title,
        made_at=defect.made_at,
        inquiries=sum(link.head.record == "inquiry" for link in links),
        investigations=sum(link.head.record == "investigation" for link in links),
        customers=len({one.customer for one in persons if one.customer is not None}),
        told=told_share(persons, fix.at if fix else None),
        release=fix.release if fix else "",
        fixed_at=fix.at if fix else None,
    )


def _opening(steps: Iterable[Step], name: str) -> str:
    said = next((step.detail.get(name) for step in steps if step.kind in OPENINGS), None)
    return str(said or "")
