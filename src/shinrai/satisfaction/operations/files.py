"""Import files of answers that other tools collected: imported twice, everything counts once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import record_customers
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import mark_of
from shinrai.revenue.operations.tables import sheet_of
from shinrai.satisfaction.models import AnswerFile, AnswerFileWithdrawal
from shinrai.satisfaction.operations.answers import (
    RecordedAnswers,
    record_answers,
    record_askings,
)
from shinrai.satisfaction.operations.surveys import WaveRequest, declare_survey, open_wave
from shinrai.satisfaction.queries.surveys import (
    SurveyRecord,
    states_of_wave,
    survey_with,
    wave_named,
)
from shinrai.satisfaction.rules.columns import (
    AnswerMapping,
    UnusableAnswers,
    completed,
    read_mapping,
    score_in,
)
from shinrai.satisfaction.rules.rows import AnswerLine, AnswerReader, asked_survey
from shinrai.satisfaction.rules.sheet import AnswerSheet, read_sheet
from shinrai.satisfaction.rules.survey import GivenAnswer, checked_answer
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader
from shinrai.usage.operations.events import set_aside

MOST_ROWS: Final = 500_000
MOST_ASIDE: Final = 1_000
MOST_WAVES: Final = 100  # of one name, each withdrawn before the next
SHOWN: Final = 5  # rows that a preview shows as they are
LARGEST_MAPPING: Final = 256 * 1024
NAMELESS: Final = "answers"  # the source of persons whom only their answer tells apart


class UnknownAnswerFile(UserError, LookupError):
    """There is no such file of answers."""


class AnswersAlreadyWithdrawn(UserError, ValueError):
    """The file was withdrawn before."""


@dataclass(frozen=True)
class AnswerImport:
    """A file to import: into which workspace, what its columns mean, when and by whom."""

    workspace: WorkspaceRecord
    path: Path
    mapping: AnswerMapping
    at: datetime
    by: str
    name: str = ""  # of the file, where it lies under another


@dataclass
class ImportedAnswers:
    """What became of a file: every row is counted once, in `rows` and in one of the others."""

    name: str
    survey: str = ""
    kind: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    waves: list[str] = field(default_factory=list)
    rows: int = 0
    silent: int = 0
    recorded: RecordedAnswers = field(default_factory=RecordedAnswers)
    aside_count: int = 0
    aside: list[tuple[int, Text]] = field(default_factory=list)
    file: int | None = None  # its number; None where no row of it can count
    header: list[str] = field(default_factory=list)
    first: list[list[str]] = field(default_factory=list)  # rows as they stand in the file


def mapping_in(path: Path | None) -> AnswerMapping:
    """Return the mapping in a file; without one, what columns mean is guessed.

    Raises: UnusableAnswers.
    """
    if path is None:
        return AnswerMapping()
    try:
        text = path.read_text("utf-8")[:LARGEST_MAPPING]
        document: Any = yaml.load(text, Loader=BoundedLoader)  # a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UnusableAnswers(
            Text("{path}: this is no YAML that can be read", path=path)
        ) from error
    return read_mapping(document)


def preview_answers(request: AnswerImport) -> ImportedAnswers:
    """Return what importing a file would do, by doing it and rolling it back.

    Raises: UnusableAnswers, UnreadableRevenueFile.
    """
    with transaction.atomic():
        found = import_answers(request)
        transaction.set_rollback(True)
    return found


def import_answers(request: AnswerImport) -> ImportedAnswers:
    """Record a file's answers; rows that cannot count are set aside.

    Raises: UnusableAnswers, UnreadableRevenueFile; then nothing of the file is recorded.
    """
    sheet = _sheet(request)
    labels, rows = sheet.labels, sheet.rows
    cells = [row for _line, row in rows]
    name = request.name or request.path.name
    mapping = completed(request.mapping, labels, cells, f"{name} {sheet.title}")
    scored = (score_in(mapping, row.get(mapping.columns["score"], "")) for row in cells)
    survey = asked_survey(mapping, labels, max((one or 0 for one in scored), default=0))
    zone = mapping.zone or request.workspace.zone
    dates = [row.get(mapping.columns.get("at", ""), "") for row in cells]
    spoken = sheet.zones.get(mapping.columns.get("at", ""), zone)
    latest = (request.at + timedelta(days=1)).date()  # somewhere it is tomorrow already
    reader = AnswerReader(mapping, survey, spoken, dates, latest)
    found = ImportedAnswers(name, mapping.survey, mapping.kind, mapping.columns)
    found.first = [list(row.values()) for _line, row in rows[:SHOWN]]
    found.header = list(labels)
    by_wave: dict[str, list[tuple[AnswerLine, str]]] = defaultdict(list)
    ordinals: Counter[str] = Counter()
    for number, row in rows:
        found.rows += 1
        try:
            line = reader.line(row)
            if not line.is_silent:
                checked_answer(survey, line.values)
            elif not line.person and not line.id:
                raise UnusableAnswers(Text("nothing is answered"))
        except UserError as error:
            found.aside_count += 1
            if len(found.aside) < MOST_ASIDE:
                found.aside.append((number, error.text))
            continue
        local = line.at.astimezone(ZoneInfo(zone))
        wave = line.wave[:80] or f"{mapping.survey}-{local:%Y-%m}"
        by_wave[wave].append((line, line.id or _content(line, wave, ordinals)))
    with transaction.atomic():
        if by_wave:
            version = survey_with(
                workspace_id=request.workspace.id, key=mapping.survey, wording=survey.wording
            ) or declare_survey(
                workspace_id=request.workspace.id,
                key=mapping.survey,
                document=survey.document,
                at=request.at,
                by=request.by,
            )
            file = AnswerFile.objects.create(
                workspace_id=request.workspace.id, name=found.name[:80], survey=mapping.survey,
                rows=found.rows, imported_at=request.at, by=request.by[:80],
            )  # fmt: skip
            found.file = file.pk
            for key in sorted(by_wave):
                _record(request, found, version, (key, by_wave[key]), mapping.source)
        if found.aside:
            set_aside(
                workspace_id=request.workspace.id,
                origin=f"satisfaction: {found.name}"[:80],
                bad=[(str(line), why, b"") for line, why in found.aside],
                at=request.at,
            )
    return found


def withdraw_answers(
    *, workspace_id: int, file: int, reason: str = "", at: datetime, by: str
) -> None:
    """Withdraw a file: its answers no longer count, nothing is deleted, and it can come anew.

    Raises: UnknownAnswerFile, AnswersAlreadyWithdrawn.
    """
    with transaction.atomic():
        lock_in_transaction(f"answer-file:{file}")
        if not AnswerFile.objects.filter(workspace_id=workspace_id, id=file).exists():
            raise UnknownAnswerFile(Text("There is no file of answers {file} here.", file=file))
        if AnswerFileWithdrawal.objects.filter(file_id=file).exists():
            raise AnswersAlreadyWithdrawn(
                Text("File {file} was withdrawn already. To have its answers again, import it"
                     " anew.", file=file)
            )  # fmt: skip
        AnswerFileWithdrawal.objects.create(file_id=file, reason=reason[:400], at=at, by=by[:80])
        record_action(
            workspace_id=workspace_id, what="answers withdrawn", subject=f"answer-file:{file}",
            at=at, by=by, reason=reason[:400],
        )  # fmt: skip


def _record(
    request: AnswerImport,
    found: ImportedAnswers,
    survey: SurveyRecord,
    of_wave: tuple[str, Sequence[tuple[AnswerLine, str]]],
    source: str,
) -> None:
    key, lines = _free_wave(request, of_wave[0], survey), of_wave[1]
    moments = [line.at for line, _id in lines]
    asked = WaveRequest(
        request.workspace.id,
        key,
        survey,
        "import",
        min(moments),
        max(moments) + timedelta(seconds=1),
    )
    wave = open_wave(asked, at=request.at, by=request.by)
    known: dict[tuple[str, str], int] = {}
    names = [_name(line, id_, source, survey.key) for line, id_ in lines]
    for place in dict.fromkeys(place for place, _name in names):
        some = record_customers(
            workspace_id=request.workspace.id,
            source=place,
            identifiers=[name for there, name in names if there == place],
            at=request.at,
        )
        known |= {(place, name): one.id for name, one in some.items()}
    answers, silent = [], {}
    for (line, id_), name in zip(lines, names, strict=True):
        if name not in known:
            found.recorded.erased += 1
        elif line.is_silent:
            silent[known[name]] = "asked"
            found.silent += 1
        else:
            answers.append(GivenAnswer(known[name], f"{survey.key}:{id_}", line.values, line.at))
    found.waves.append(key)
    found.recorded.add(record_answers(wave=wave, answers=answers, at=request.at, file=found.file))
    record_askings(wave=wave, states=silent, at=request.at, file=found.file)


def _free_wave(request: AnswerImport, key: str, survey: SurveyRecord) -> str:
    """Return the key of a wave, with a number where it asked other words, all withdrawn since."""
    for number in range(2, MOST_WAVES):
        tried = key if number == 2 else f"{key}-{number - 1}"
        wave = wave_named(workspace_id=request.workspace.id, key=tried)
        if wave is None or wave.survey.wording == survey.wording or states_of_wave(wave=wave.id):
            return tried
    return key


def _name(line: AnswerLine, id_: str, source: str, survey: str) -> tuple[str, str]:
    """Return the source and the name under which whoever answered is known."""
    return (source, line.person) if line.person else (NAMELESS, f"{survey}:{id_}")


def _content(line: AnswerLine, wave: str, ordinals: Counter[str]) -> str:
    """Return a keyed hash of what an answer without an id says, and its number among equal ones."""
    parts = (line.person, wave, line.at.astimezone(UTC).isoformat())
    said = (str(line.values.get("score")), str(line.values.get("comment")))
    content = f"row:{mark_of('answer', *parts, *said).hex()[:40]}"
    ordinals[content] += 1
    return f"{content}:{ordinals[content]}"


def _sheet(request: AnswerImport) -> AnswerSheet:
    lines: list[tuple[int, list[str]]] = []
    for line, cells in sheet_of(request.path, delimiter=request.mapping.delimiter):
        if len(lines) > MOST_ROWS:
            raise UnusableAnswers(
                Text("{path}: more than {most:,} rows; cut it into several files",
                     path=request.name or request.path.name, most=MOST_ROWS)
            )  # fmt: skip
        lines.append((line, cells))
    if not any(cell.strip() for _line, cells in lines for cell in cells):
        raise UnusableAnswers(
            Text("{path}: the file is empty; export it again",
                 path=request.name or request.path.name)
        )  # fmt: skip
    return read_sheet(lines)
