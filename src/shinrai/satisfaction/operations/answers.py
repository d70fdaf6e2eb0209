"""Record who was asked in a wave, and what they answered: each person once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.customers.queries import person_keys
from shinrai.postgres.bulk import one_of
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import open_keys, store_words
from shinrai.satisfaction.models import (
    AnswerFileWithdrawal,
    Asking,
    QuoteLabel,
    SurveyAnswer,
)
from shinrai.satisfaction.queries.surveys import UnknownSurvey, WaveRecord, standing_answers
from shinrai.satisfaction.rules.survey import GivenAnswer, checked_answer
from shinrai.topics.queries import codebook
from shinrai.units.text import Text

# A state is only ever followed by a later one: what is late, or comes twice, changes nothing.
STATES: Final = ("eligible", "sampled_out", "capped", "asked", "declined", "answered")


@dataclass
class RecordedAnswers:
    """How many answers were new, known (of the person, or by its key), or of who was erased."""

    new: int = 0
    known: int = 0
    erased: int = 0

    def add(self, other: "RecordedAnswers") -> None:
        """Add what another call recorded."""
        self.new += other.new
        self.known += other.known
        self.erased += other.erased


def record_askings(
    *, wave: WaveRecord, states: Mapping[int, str], at: datetime, file: int | None = None
) -> int:
    """Record how far persons are in a wave; return of how many that is news."""
    with transaction.atomic():
        lock_in_transaction(f"wave:{wave.id}")
        return _advance(wave, states, at, file)


def record_answers(
    *, wave: WaveRecord, answers: Sequence[GivenAnswer], at: datetime, file: int | None = None
) -> RecordedAnswers:
    """Record answers exactly once per person and wave: of two, the first that arrived counts.

    Raises: BadSurveyAnswer, and then none of them is recorded.
    """
    checked = [(one, checked_answer(wave.survey.survey, one.values)) for one in answers]
    result = RecordedAnswers()
    with transaction.atomic():
        lock_in_transaction(f"wave:{wave.id}")
        persons = {one.person for one in answers}
        keys = person_keys(workspace_id=wave.workspace_id, numbers=persons)
        opened = open_keys(keys.values())
        there = SurveyAnswer.objects.filter(one_of("person_id", persons), wave_id=wave.id)
        answered = set(standing_answers(there).values_list("person_id", flat=True))
        names = [one.source_key for one in answers]
        everywhere = SurveyAnswer.objects.filter(
            one_of("source_key", names), workspace_id=wave.workspace_id
        )
        known = set(standing_answers(everywhere).values_list("source_key", flat=True))
        # Withdrawn rows stay; what is imported anew takes the next place after them.
        gone: Counter[int | str] = Counter()
        for rows, name in ((there, "person_id"), (everywhere, "source_key")):
            for of, attempt in rows.values_list(name, "attempt"):
                gone[of] = max(gone[of], attempt + 1)
        fresh, sealed = [], []
        for one, content in checked:
            if keys.get(one.person) not in opened:
                result.erased += 1
            elif one.person in answered or one.source_key in known:
                result.known += 1
            else:
                answered.add(one.person)
                known.add(one.source_key)
                row = SurveyAnswer(
                    workspace_id=wave.workspace_id,
                    wave_id=wave.id,
                    person_id=one.person,
                    source_key=one.source_key,
                    score=content.score,
                    values=dict(content.codes),
                    answered_at=one.answered_at,
                    arrived_at=at,
                    file_id=file,
                    attempt=max(gone[one.person], gone[one.source_key]),
                )
                fresh.append(row)
                if content.comment:
                    sealed.append((row, keys[one.person], content.comment))
        ids = store_words([(key, opened[key], comment) for _, key, comment in sealed])
        for (row, *_), words_id in zip(sealed, ids, strict=True):
            row.words_id = words_id
        SurveyAnswer.objects.bulk_create(fresh, batch_size=1000)
        result.new = len(fresh)
        _advance(wave, {row.person_id: "answered" for row in fresh}, at, file)
    return result


def _advance(
    wave: WaveRecord, states: Mapping[int, str], at: datetime, file: int | None = None
) -> int:
    rows = Asking.objects.filter(wave_id=wave.id)
    there = {row.person_id: row for row in rows.filter(one_of("person_id", states))}
    files = {row.file_id for row in there.values()}
    gone = set(AnswerFileWithdrawal.objects.filter(file__in=files).values_list("file", flat=True))
    new, changed = [], []
    for person, state in states.items():
        row = there.get(person)
        is_asked = state in STATES[3:]
        if row is None:
            new.append(
                Asking(
                    wave_id=wave.id,
                    person_id=person,
                    state=state,
                    eligible_at=at,
                    asked_at=at if is_asked else None,
                    state_at=at,
                    file_id=file,
                )
            )
        elif row.file_id in gone or STATES.index(state) > STATES.index(row.state):
            row.state, row.state_at, row.file_id = state, at, file
            row.asked_at = row.asked_at or (at if is_asked else None)
            changed.append(row)
    Asking.objects.bulk_create(new, batch_size=1000)
    Asking.objects.bulk_update(changed, ["state", "state_at", "asked_at", "file"], batch_size=1000)
    return len(new) + len(changed)


def label_quote(*, workspace_id: int, answer: int, topic: str, at: datetime, by: str) -> None:
    """Label the comment of an answer; "" says that it is about none of the topics.

    Raises: UnknownTopic; UnknownSurvey if there is no such answer with a comment.
    """
    with transaction.atomic():
        book = codebook(workspace_id=workspace_id)
        if topic:
            book.topic(topic)
        rows = SurveyAnswer.objects.filter(
            workspace_id=workspace_id, id=answer, words_id__isnull=False
        )
        if not rows.exists():
            raise UnknownSurvey(Text("there is no such comment"))
        QuoteLabel.objects.create(
            answer_id=answer, topic=topic, codebook=book.version, at=at, by=by
        )
        record_action(
            workspace_id=workspace_id,
            what="comment labelled",
            subject=f"answer:{answer}",
            at=at,
            by=by,
        )
