"""Train the text model of a workspace on what people labelled, and suggest topics with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.models import OpenCase
from shinrai.desk.queries.titles import OPENINGS, masked, shown_text, title_words
from shinrai.ledger.queries import cases_of, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.quality.queries.topics import gate_state, topic_report
from shinrai.topics.operations.suggesters import (
    Learnt,
    NewSuggestion,
    keep_suggestions,
    keep_text_model,
    load_text_model,
)
from shinrai.topics.queries import (
    codebook,
    last_training,
    switches,
    without_suggestion,
    word_rules,
)
from shinrai.topics.rules.codebook import Codebook
from shinrai.topics.rules.fields import field_rule_for, learn_fields
from shinrai.topics.rules.floods import flooded
from shinrai.topics.rules.labels import labels_of, topic_of
from shinrai.topics.rules.switches import PROMISE
from shinrai.topics.rules.text_model import Example, answers, reasons, train

MOST_CASES: Final = 100_000  # the newest labelled ones are learnt from
TOGETHER: Final = 1_000  # cases read at once
NEWEST: Final = 5  # the newest fifth is the stream that sureness is calibrated on
TRIED_ON: Final = 2_000  # earlier inquiries a word rule is tried on


class ReadCase(NamedTuple):
    """An inquiry as suggesters read it: its masked text, its first fields, and its topic today."""

    id: int
    at: datetime
    text: str
    detail: Mapping[str, Any]
    topic: str
    is_labelled: bool


@dataclass(frozen=True)
class TrainingReport:
    """What a model was trained on: labelled texts, matters of no topic, and copies set apart."""

    examples: int
    foreign: int
    floods: int
    topics: tuple[str, ...]
    few: tuple[str, ...]


def train_topics(*, workspace: WorkspaceRecord, at: datetime, by: str) -> TrainingReport:
    """Train a workspace's model on labelled inquiries, and calibrate it on the newest fifth.

    What is labelled with a topic no longer in use is a matter of no topic: none of it is learnt,
    but the calibration meets it. Copies of one text count once. Texts are read masked; those that
    were erased cannot be read, so that the next training does not hold them.
    Raises: BadExamples.
    """
    book = codebook(workspace_id=workspace.id)
    ids = sorted(cases_of(workspace_id=workspace.id, record="inquiry"))[-MOST_CASES:]
    every = [case for case in read_cases(ids, workspace_id=workspace.id, book=book) if case.topic]
    copies = flooded([(case.at, case.text) for case in every])
    cases = [case for n, case in enumerate(every) if n not in copies and case.text]
    cases.sort(key=lambda case: (case.at, case.id))
    used = {topic.key for topic in book.in_use}
    turn = len(cases) - len(cases) // NEWEST
    known = [case for case in cases[:turn] if case.topic in used]
    model = train(
        [Example(case.text, case.topic) for case in known],
        stream=[Example(case.text, case.topic) for case in cases[turn:]],
        precision=PROMISE,
    )
    learnt = Learnt(
        model,
        _agreement(workspace, book),
        learn_fields(((case.detail, case.topic) for case in known), precision=PROMISE),
        len(copies),
    )
    keep_text_model(workspace_id=workspace.id, learnt=learnt, at=at, by=by)
    return TrainingReport(model.examples, model.foreign, len(copies), model.topics, model.few)


def suggest_topics(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Suggest topics for the open inquiries that have none; return for how many.

    First what is no language (fields), then the words that people wrote down, then the model; the
    first and the last only where the topic's switch is on.
    """
    there = workspace.id
    rows = OpenCase.objects.filter(workspace_id=there, record="inquiry", topic="")
    ids = list(rows.order_by("-case_id").values_list("case_id", flat=True)[:TOGETHER])
    ids = without_suggestion(case_ids=ids)
    rules, trained = word_rules(workspace_id=there), last_training(workspace_id=there)
    if not ids or not (rules or trained):
        return 0
    book = codebook(workspace_id=there)
    cases = read_cases(ids, workspace_id=there, book=book)
    is_on = {one.topic for one in switches(workspace_id=there, at=at) if one.is_on}
    found: dict[int, NewSuggestion] = {}
    for case in cases:
        field = field_rule_for(case.detail, trained.fields if trained else ())
        if field is not None and field.topic in is_on:
            found[case.id] = NewSuggestion(
                case.id, field.topic, "field", None, {"field": field.document}
            )
            continue
        rule = next((rule for rule in rules if rule.is_about(case.text)), None)
        if rule is not None:
            found[case.id] = NewSuggestion(
                case.id, rule.topic, "words", None, {"places": rule.places(case.text)}
            )
    model = load_text_model(there) if is_on else None
    rest = [case for case in cases if case.id not in found and case.text]
    if model is not None:
        said = zip(rest, answers(model, [case.text for case in rest]), strict=True)
        sure = [(case, one) for case, one in said if one.is_given and one.topic in is_on]
        spoke = reasons(model, [Example(case.text, one.topic) for case, one in sure])
        for (case, answer), why in zip(sure, spoke, strict=True):
            places = [one[:2] for one in why]
            found[case.id] = NewSuggestion(
                case.id, answer.topic, "model", answer.confidence, {"places": places}
            )
    keep_suggestions(workspace_id=there, found=list(found.values()), at=at)
    return len(found)


def earlier_cases(*, workspace_id: int) -> list[ReadCase]:
    """Return the newest inquiries with their masked texts, to try a rule on."""
    ids = sorted(cases_of(workspace_id=workspace_id, record="inquiry"))[-TRIED_ON:]
    book = codebook(workspace_id=workspace_id)
    return [case for case in read_cases(ids, workspace_id=workspace_id, book=book) if case.text]


def read_cases(ids: Sequence[int], *, workspace_id: int, book: Codebook) -> list[ReadCase]:
    """Return inquiries as suggesters read them; an erased text is empty."""
    found = []
    for start in range(0, len(ids), TOGETHER):
        stands = standing_of(ids[start : start + TOGETHER], workspace_id=workspace_id)
        lies = title_words(stands)
        words = masked(lies.values())
        for case_id, steps in stands.items():
            opened = next((step for step in steps if step.kind in OPENINGS), None)
            if opened is not None:
                text = shown_text(words.get(lies.get(case_id, 0), ""))
                found.append(_read(case_id, opened, steps, text, book))
    return found


def _read(case_id: int, opened: Step, steps: Sequence[Step], text: str, book: Codebook) -> ReadCase:
    said = topic_of(steps)
    topic = book.counts_as(said) if said else ""
    return ReadCase(case_id, opened.at, text, opened.detail, topic, bool(labels_of(steps)))


def _agreement(workspace: WorkspaceRecord, book: Codebook) -> dict[str, str]:
    """Return whether people agree on each topic: in every mode where two judged it."""
    states: dict[str, set[str]] = {}
    for mode in topic_report(workspace=workspace).modes:
        for agreed in mode.by_topic:
            states.setdefault(agreed.topic, set()).add(gate_state(book, agreed))
    order = ("below", "none", "above", "unknown")
    return {topic: min(found, key=order.index) for topic, found in states.items()}
