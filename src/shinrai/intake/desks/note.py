"""What a ticket is told of a case: the words of the one note, and a tag for its state."""

from hashlib import blake2b
from typing import Final

from django.utils.translation import override

from shinrai.console.rules.wording import visible_words
from shinrai.desk.rules.actions import phase_text
from shinrai.desk.rules.case_facts import fact_named
from shinrai.desk.templatetags.names import VERDICT_WORDS
from shinrai.intake.rules.channels import ConnectionView, ThreadView
from shinrai.intake.status import CaseStatus
from shinrai.units.text import Text, in_a_row, translated

STATES: Final = ("open", "sent_back", "answered", "overdue")
MOST_ANSWER: Final = 8000
ASKED: Final = Text("Answer with an internal note; it resubmits the investigation.")
KEPT: Final = Text("What became of it later stands in the field of this ticket.")


def state_of(status: CaseStatus) -> str:
    """Return the state that the tag of a ticket names, or "" for a case that was withdrawn."""
    if status.phase in ("sent_back", "answered"):
        return status.phase
    if status.phase == "withdrawn":
        return ""
    return "overdue" if status.is_overdue else "open"


def note_mark(connection: ConnectionView, thread: ThreadView) -> str:
    """Return what marks our notes about a case; nobody else can make it without the token."""
    whole = f"{connection.token}:{thread.id}".encode()
    return f"shinrai-{blake2b(whole, digest_size=8).hexdigest()}"


def note_words(status: CaseStatus, mark: str, language: str) -> str:
    """Return the one note: state, due moment, what is missing, verdict, plain answer, link."""
    said: list[Text | str] = [_stands(status)]
    if status.phase == "sent_back":
        if status.missing:
            names = in_a_row(Text("{name}", name=fact_named(one).name) for one in status.missing)
            said.append(Text("Missing: {facts}", facts=names))
        said += [one.words for one in status.case.steps[-1:] if one.kind == "sent_back"]
        said.append(ASKED)
    if status.phase == "answered":
        said += _answer(status, language)
    return _lines([*said, status.url, mark], language)


def answer_words(status: CaseStatus, mark: str, language: str) -> str:
    """Return the note with the answer, for desks whose notes cannot be edited; "" without one."""
    if status.phase != "answered":
        return ""
    said = [_stands(status), *_answer(status, language), KEPT, status.url, mark]
    return _lines(said, language)


def _stands(status: CaseStatus) -> Text:
    given = {"key": status.head.source_key, "phase": phase_text(status.phase)}
    if status.due is None:
        return Text("Shinrai {key}: {phase}", **given)
    if status.is_overdue:
        return Text("Shinrai {key}: {phase}, was due {due}", **given, due=status.due)
    return Text("Shinrai {key}: {phase}, due {due}", **given, due=status.due)


def _answer(status: CaseStatus, language: str) -> list[Text | str]:
    said: list[Text | str] = []
    if status.case.verdict:
        with override(language):
            verdict = str(VERDICT_WORDS.get(status.case.verdict, status.case.verdict))
        said.append(Text("Finding: {verdict}", verdict=verdict))
    return [*said, status.answer[:MOST_ANSWER]]


def _lines(said: list[Text | str], language: str) -> str:
    whole = "\n".join(translated(one, language) for one in said if one)
    return "\n".join(visible_words(line) for line in whole.splitlines())
