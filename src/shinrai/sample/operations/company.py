"""Load the sample: workspaces marked as simulated, filled by imports and by work like real ones."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from django.db.transaction import atomic

from shinrai.accounts.operations.members import invite
from shinrai.accounts.operations.workspaces import WorkspaceExists, open_workspace
from shinrai.accounts.queries import WorkspaceRecord, members, workspace_named
from shinrai.calendars.operations import declare_events, save_calendar
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.defects import link_defect
from shinrai.desk.operations.filing import (
    FilingRequest,
    ReceiptRequest,
    file_case,
    receive_by_hand,
)
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.operations import import_files
from shinrai.importers.run.request import ImportRequest
from shinrai.ledger.queries import batches, has_cases
from shinrai.objectives.operations.guiding import save_guideline
from shinrai.objectives.operations.saving import save_objective
from shinrai.sample.operations.family import link_guardians
from shinrai.sample.operations.goals import has_goals, load_goals
from shinrai.sample.operations.interviews import has_interviews, load_interviews
from shinrai.sample.operations.surveys import has_surveys, load_surveys
from shinrai.sample.operations.usage import (
    FILES,
    LearnerFiles,
    has_learners,
    load_learners,
    write_table,
)
from shinrai.sample.rules import log, sheet
from shinrai.sample.rules.company import SEED, Company, simulate
from shinrai.sample.rules.desk_story import BEFORE, PEOPLE, STORY, StoryCase
from shinrai.sample.rules.hours import OFFICE
from shinrai.sample.rules.interviews import interview_truth
from shinrai.sample.rules.known_truth import known_truth
from shinrai.sample.rules.learners import simulate_learners
from shinrai.sample.rules.promises import (
    INVESTIGATIONS,
    NEXT_DAY,
    ONE_ROUND_TRIP,
    ROUND_TRIPS,
    SAME_DAY,
)
from shinrai.sample.rules.study import study_events
from shinrai.sample.rules.subjects import NAMES_EN, PRAISE, SUBJECTS
from shinrai.sample.rules.surveys import sample_waves, survey_truth
from shinrai.sample.rules.truth import Truth
from shinrai.topics.operations.codebook import define_topic
from shinrai.topics.queries import codebook
from shinrai.trends.operations import name_failure
from shinrai.trends.queries.affected import Failure

BY = "sample"
SHEET_MAPPING = "investigations_sheet_ja"
LOG_MAPPING = "inquiry_steps"
LOG, SHEET, TRUTH = "inquiries.csv", "investigations.csv", "truth.json"


def load_sample(
    *,
    examples: Path | None,
    at: datetime,
    tell: Callable[[str], None],
    inquiries: int = Truth.inquiries,
    truth_beside: Path | None = None,
) -> list[WorkspaceRecord]:
    """Load the sample workspaces that are missing; existing ones are not changed.

    `examples` is the example sheet of forty rows, if available. `truth_beside` is a folder in which
    to write what was simulated, as JSON, and the files of the learners. If it was interrupted, call
    it again to finish. Returns the workspaces.
    """
    promises = (INVESTIGATIONS, NEXT_DAY, SAME_DAY)
    there = _open("michi", "ミチノート（架空の会社）", promises, at)
    opened = [there]
    for guideline in (ROUND_TRIPS, ONE_ROUND_TRIP):
        save_guideline(workspace_id=there.id, document=guideline, at=at, by=BY)
    _name_topics(there, at)
    missing = _missing(there, SHEET_MAPPING, LOG_MAPPING)
    learners_are_missing, goals_are_missing = not has_learners(there), not has_goals(there)
    surveys_are_missing = not has_surveys(there)
    if missing or learners_are_missing or goals_are_missing or surveys_are_missing:
        tell(f"simulating three years of a company, about {inquiries:,} inquiries")
        company = simulate(until=at, truth=replace(Truth(), inquiries=inquiries))
        on = at.astimezone(zone_named(there.zone)).date()
        declared = company.scenario.declarations(on)
        declare_events(workspace_id=there.id, declarations=declared, at=at, by=BY)
        files = learner_files(company)
        with TemporaryDirectory() as folder:
            written = write_files(Path(folder), company, files)
            if truth_beside is not None:
                truth_beside.mkdir(parents=True, exist_ok=True)
                for name in (TRUTH, *FILES):
                    copy(Path(folder) / name, truth_beside)
            if SHEET_MAPPING in missing:
                tell("importing the sheet of investigations")
                _fill(there, SHEET_MAPPING, written.sheet, at)
            if LOG_MAPPING in missing:
                tell("importing the desk's log")
                _fill(there, LOG_MAPPING, written.log, at)
            if learners_are_missing:
                tell(f"publishing {len(files.events):,} events of learners, and their contracts")
                load_learners(there, files, Path(folder), at=at)
                link_guardians(there, files.learners, at=at)
                name_failure(
                    workspace_id=there.id, failure=Failure("login", "sign_in_failed"), at=at, by=BY
                )
        if goals_are_missing:
            load_goals(there, files.goals, at=at)
        waves = sample_waves(files.learners)
        if surveys_are_missing and waves:
            tell(f"asking learners in {len(waves)} waves of a survey")
            load_surveys(there, waves, at=at)
    if not has_interviews(there) and load_interviews(there, at=at):
        tell("interviewing twelve guardians")
    desk = _open("michi-desk", "ミチノート CRE（対応中の見本）", (INVESTIGATIONS, NEXT_DAY), at)
    opened.append(desk)
    with atomic():
        work_on_cases(desk, at=at)
    if examples is not None:
        example = _open("chousa", "調査依頼シート（見本40件）", (INVESTIGATIONS,), at)
        opened.append(example)
        if _missing(example, SHEET_MAPPING):
            tell(f"importing {examples.name}")
            _fill(example, SHEET_MAPPING, examples, at)
    return opened


def work_on_cases(there: WorkspaceRecord, *, at: datetime) -> None:
    """File, send back, escalate and answer the cases of the story, by the same operations as pages.

    A workspace that has cases already is left as it is.
    """
    if has_cases(workspace_id=there.id):
        return
    for name, role in PEOPLE.values():
        email = f"{role.value}@{there.slug}.example.com"
        invite(
            email=email,
            workspace_id=there.id,
            roles=[role],
            display_name=name,
            at=at,
            by=BY,
        )
    staff = {one.display_name: one for one in members(workspace_id=there.id)}
    people = {part: staff[name] for part, (name, _role) in PEOPLE.items()}
    for case in sorted(STORY, key=lambda one: -one.hours_ago):
        case_id = _open_case(there, case, people["agent"].key, at)
        for step in case.actions:
            moment, member = at - timedelta(hours=step.hours_ago), people[step.by]
            act(ActionRequest(case_id, step.action, step.given, member, moment))
        if case.defect:
            by = people["engineer"].key
            link_defect(case_id=case_id, url=case.defect, title=case.title, at=at, by=by)


def _open_case(there: WorkspaceRecord, case: StoryCase, by: str, at: datetime) -> int:
    moment = at - timedelta(hours=case.hours_ago)
    before = (moment - timedelta(hours=2)).isoformat(timespec="minutes")
    facts = {key: before if value == BEFORE else value for key, value in case.facts.items()}
    if case.kind:
        return file_case(
            FilingRequest(
                workspace=there,
                kind=case.kind,
                title=case.title,
                question=case.words,
                facts=facts,
                at=moment,
                by=by,
            )
        )
    return receive_by_hand(
        ReceiptRequest(workspace=there, words=case.words, facts=facts, at=moment, by=by)
    )


def _missing(there: WorkspaceRecord, *mappings: str) -> set[str]:
    """Return those of the mappings with which no import has been completed."""
    complete = {
        batch.source for batch in batches(workspace_id=there.id) if batch.completed_at is not None
    }
    return {name for name in mappings if load_mapping(name).source not in complete}


class Written:
    """The paths of a simulated company's files."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / LOG
        self.sheet = folder / SHEET
        self.truth = folder / TRUTH


def write_company(
    folder: Path, *, until: datetime, inquiries: int = Truth.inquiries, seed: int = SEED
) -> Written:
    """Write the desk's log, the sheet, the files of learners and the truth, as of a moment.

    The same moment, size and seed give the same bytes.
    """
    company = simulate(until=until, seed=seed, truth=replace(Truth(), inquiries=inquiries))
    return write_files(folder, company, learner_files(company))


def learner_files(company: Company) -> LearnerFiles:
    """Simulate the learners of a company, and what they did."""
    learners = simulate_learners(company)
    return LearnerFiles(learners, study_events(learners))


def write_files(folder: Path, company: Company, files: LearnerFiles) -> Written:
    """Write the files of a simulated company and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = Written(folder)
    write_table(written.log, log.HEADER, log.log_rows(company))
    rows = ([row[name] for name in sheet.HEADER] for row in sheet.sheet_rows(company))
    write_table(written.sheet, sheet.HEADER, rows)
    files.write(folder)
    surveys = survey_truth(sample_waves(files.learners))
    known = {
        **known_truth(company),
        "usage": files.truth,
        "goals": files.goals.truth,
        "surveys": surveys,
        "interviews": interview_truth(),
    }
    told = json.dumps(known, ensure_ascii=False, indent=1)
    written.truth.write_text(told + "\n", encoding="utf-8")
    return written


def _open(
    slug: str, name: str, promises: Sequence[Mapping[str, Any]], at: datetime
) -> WorkspaceRecord:
    try:
        there = open_workspace(
            slug=slug,
            name=name,
            zone="Asia/Tokyo",
            language="ja",
            simulated=True,
            at=at,
            by=BY,
        )
    except WorkspaceExists:
        return workspace_named(slug)
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=at, by=BY)
    for promise in promises:
        save_objective(workspace_id=there.id, document=promise, at=at, by=BY)
    return there


def _name_topics(there: WorkspaceRecord, at: datetime) -> None:
    """Define the topics that the company's log uses as labels, unless topics exist already."""
    if codebook(workspace_id=there.id).version:
        return
    topics = [(matter.key, matter.subject) for matter in SUBJECTS]
    for key, subject in (*topics, (PRAISE, "お礼")):
        define_topic(
            workspace_id=there.id,
            key=key,
            name_ja=subject,
            name_en=NAMES_EN[key],
            at=at,
            by=BY,
        )


def _fill(workspace: WorkspaceRecord, mapping: str, path: Path, at: datetime) -> None:
    request = ImportRequest(
        paths=(path,), at=at, by=BY, mapping=load_mapping(mapping), is_simulated=True
    )
    import_files(workspace_id=workspace.id, request=request)
