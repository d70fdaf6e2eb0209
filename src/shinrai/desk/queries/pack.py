"""A case as one masked Markdown file: what an engineer, or an assistant, needs to begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import moment_words
from shinrai.desk.queries.case import CaseStep, CaseView
from shinrai.desk.queries.documents import shown_case
from shinrai.desk.queries.similar import SimilarCase, similar_cases
from shinrai.desk.rules.quotation import Quoting, is_plain
from shinrai.objectives.rules.sentences import clocks
from shinrai.units.text import Text


@dataclass(frozen=True)
class CasePack:
    """A file about a case, and the numbers of the cases whose words it shows."""

    case_id: int
    record: str
    name: str
    text: str
    shown: tuple[int, ...]


@dataclass(frozen=True)
class PackLine:
    """A step, or a similar case: plain details as they are, everything else fenced."""

    of: CaseStep | SimilarCase
    moment: str
    details: Sequence[tuple[str, str]]
    words: str


def case_pack(*, workspace: WorkspaceRecord, record: str, key: str, at: datetime) -> CasePack:
    """Return a case as a file, in the reader's language; all words are masked and marked.

    Raises: UnknownInquiry, UnknownInvestigation, NotThereYet.
    """
    case, effective_at = shown_case(workspace=workspace, record=record, key=key, at=at)
    alike = similar_cases(workspace_id=workspace.id, case_id=case.id, at=at)
    marks = Quoting()

    def said(moment: datetime | None) -> str:
        zone, language = workspace.zone, reader_language()
        return moment_words(moment, zone=zone, language=language, form="full") if moment else ""

    def parted(
        details: Sequence[tuple[str, str]], *words: str
    ) -> tuple[list[tuple[str, str]], str]:
        plain = [(name, value) for name, value in details if is_plain(value)]
        others = [f"{name}: {value}" for name, value in details if not is_plain(value)]
        whole = "\n".join(filter(None, (*others, *words)))
        return plain, marks.fenced(whole) if whole else ""

    context = {
        "workspace": workspace,
        "case": case,
        "at": said(at),
        "header": reader_text(marks.header),
        "effective_at": said(effective_at),
        "asked": marks.fenced(_asked(case)),
        "facts": parted(case.about),
        "clocks": [
            [reader_text(sentence) for sentence in clocks.facts(one.facts)] for one in case.clocks
        ],
        "clock": reader_text(
            Text("{sentence:capfirst}.", sentence=clocks.summary(case.clock.facts))
        )
        if case.clock
        else "",
        "steps": [
            PackLine(step, said(step.at), *parted(step.detail, step.words)) for step in case.steps
        ],
        "similar": [
            PackLine(one, said(one.ended_at), *parted((), one.title, one.answer)) for one in alike
        ],
        "address": settings.SHINRAI_ADDRESS + reverse(record, args=[workspace.slug, key]),
        "source_address": workspace.source_address(case.source, key),
    }
    text = render_to_string("desk/pack.md", context)
    shown = (case.id, *(one.head.id for one in alike))
    return CasePack(case.id, record, f"{record}-{case.id}.md", text.strip() + "\n", shown)


def _asked(case: CaseView) -> str:
    """Return the words with which a case began; its title where they are gone."""
    first = next((step.words for step in case.steps if step.words), "")
    return first or case.title
