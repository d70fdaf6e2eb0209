"""A desk to import into: files written by the test, and everything the books then say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import members
from shinrai.customers.models import Person
from shinrai.importers.mapping_files import load_mapping, parse
from shinrai.importers.operations import import_files
from shinrai.importers.run.progress import quiet
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.ledger.models import Case
from shinrai.ledger.queries import case_heads, hidden_batches, steps_of
from shinrai.ledger.rules.steps import standing
from shinrai.privacy.operations import read_words

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)  # Friday, 12:00 in Tokyo
EXAMPLE = Path(__file__).parents[2] / "examples" / "investigations_ja"

SHEET = """
mapping: sheet
source: our-sheet
record: investigation
tables:
  cases:
    rows: cases
    zone: Asia/Tokyo
    key: 番号
    missing: ["", "未"]
    customer: {column: 顧客, missing_column: ok}
    fields: {mode: {fixed: via_cs}}
    words: {remark: {column: 備考, missing_column: ok}}
    steps:
      - {kind: filed, at: 起票, required: true, by: {column: 起票者, person: staff}, role: agent,
         words: 内容}
      - {kind: sent_back, at: 差し戻し, role: engineer}
      - {kind: resubmitted, at: 再提出, role: agent}
      - {kind: answered, at: 回答, role: engineer}
"""
COLUMNS = ("番号", "顧客", "起票", "起票者", "内容", "差し戻し", "再提出", "回答")

FILED = ("1", "U-1", "2026/6/2 11:00", "森下", "消えた", "", "", "")
ANSWERED = ("1", "U-1", "2026/6/2 11:00", "森下", "消えた", "", "", "2026/6/4 17:20")

LOG = """
mapping: log
source: our-log
record: inquiry
tables:
  states:
    rows: states
    zone: UTC
    key: no
    revision: rev
    order: rev
    customer: who
    begins: {kind: received, at: opened, required: true}
    at: at
    by: {column: by, person: staff}
    state:
      column: state
      words: {New: open, Wait: {waiting: customer}, Done: solved}
    changes:
      - {kind: assigned, watch: [group], detail: {group: group}}
    look_ahead: [resolved]
"""

FORUM = """
mapping: forum
source: our-forum
record: inquiry
tables:
  questions:
    rows: cases
    zone: in_cell
    moments: [iso]
    key: id
    customer: who
    fields: {mode: {fixed: direct}, channel: {fixed: forum}}
    steps:
      - {kind: received, at: asked, by: {column: who, person: customer}, role: customer,
         words: text}
  answers:
    rows: messages
    zone: in_cell
    moments: [iso]
    key: aid
    belongs_to: {table: questions, column: question}
    at: posted
    by: {column: author, person: customer}
    direction: by_author
    roles: {outbound: volunteer}
    text: body
"""


def sheet(path: Path, *rows: Sequence[str], columns: Sequence[str] = COLUMNS) -> Path:
    """Write a CSV."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([columns, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@dataclass
class Desk:
    """A workspace."""

    id: int

    def bring(
        self,
        mapping: str,
        *paths: Path,
        at: datetime = NOON,
        zone: str | None = None,
        dry_run: bool = False,
        simulated: bool = True,
        progress: Any = quiet,
    ) -> ImportReport:
        """Import files; a mapping is a shipped one's name, or its text."""
        known = parse(mapping, where="test") if "\n" in mapping else load_mapping(mapping)
        return import_files(
            workspace_id=self.id,
            request=ImportRequest(
                mapping=known,
                paths=paths,
                zone=zone,
                is_dry=dry_run,
                at=at,
                by="staff:1",
                is_simulated=simulated,
                progress=progress,
            ),
        )

    def told(self, case: str | None = None) -> list[tuple[Any, ...]]:
        """Say all that stands: names in the place of numbers, words in the place of seals."""
        cases = Case.objects.filter(workspace_id=self.id)
        heads = case_heads(cases.values_list("id", flat=True))
        steps = steps_of(heads, workspace_id=self.id)
        names = self._names()
        words = read_words(s.words_id for found in steps.values() for s in found if s.words_id)
        told = [
            (
                heads[case_id].source_key,
                step.at,
                step.kind,
                names.get(step.by, step.by),
                step.role,
                step.tier,
                {name: _named(value, names) for name, value in step.detail.items()},
                words.get(step.words_id) if step.words_id else None,
                step.source_key,
            )
            for case_id, found in steps.items()
            for step in standing(found)
            if case is None or heads[case_id].source_key == case
        ]
        return sorted(told, key=lambda step: (step[0], step[1], step[8]))

    def kinds(self, case: str) -> list[str]:
        """Name the steps of a case."""
        return [step[2] for step in sorted(self.told(case), key=lambda step: step[1])]

    def raw_count(self) -> int:
        """Count every step ever appended, whether it counts or not."""
        from shinrai.ledger.models import Step

        return Step.objects.filter(workspace_id=self.id).count()

    def hidden(self) -> frozenset[int]:
        """Name the imports that do not count."""
        return hidden_batches(workspace_id=self.id)

    def _names(self) -> dict[str, str]:
        known = {member.key: member.display_name for member in members(workspace_id=self.id)}
        people = list(Person.objects.filter(workspace_id=self.id))
        words = read_words(person.name_words_id for person in people if person.name_words_id)
        return known | {
            f"customer:{person.pk}": words.get(person.name_words_id or 0, "?") for person in people
        }


def _named(value: Any, names: dict[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def open_desk(slug: str = "desk", *, simulated: bool = True, zone: str = "Asia/Tokyo") -> Desk:
    """Open a workspace."""
    record = open_workspace(
        slug=slug, name=slug, zone=zone, simulated=simulated, at=NOON, by="test"
    )
    return Desk(record.id)
