"""The topic suggested for a case, with the words that spoke for it, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.desk.queries.titles import masked, shown_text, title_words
from shinrai.ledger.queries import standing_of
from shinrai.topics.queries import suggested_topic

MOST = 5  # words shown


@dataclass(frozen=True)
class ShownSuggestion:
    """A suggested topic; `words` are masked. `field`: a name and value that spoke for it."""

    topic: str
    means: str
    confidence: float | None
    words: tuple[str, ...]
    field: tuple[str, str] | None
    right: int
    of: int


def suggestion_for(*, case_id: int, workspace_id: int) -> ShownSuggestion | None:
    """Return what is suggested for a case that nobody has labelled since, or None."""
    found = suggested_topic(case_id=case_id)
    if found is None:
        return None
    field = found.reasons.get("field")
    return ShownSuggestion(
        topic=found.topic,
        means=found.means,
        confidence=found.confidence,
        words=_words(case_id, workspace_id, found.reasons.get("places", ())),
        field=(field["field"], field["value"]) if field else None,
        right=field["right"] if field else 0,
        of=field["of"] if field else 0,
    )


def _words(case_id: int, workspace_id: int, places: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """Return the words at some places of the first text, as it is masked today."""
    lies = title_words(standing_of([case_id], workspace_id=workspace_id)) if places else {}
    text = shown_text(masked(lies.values()).get(lies.get(case_id, 0), ""))
    return tuple(dict.fromkeys(text[start:end] for start, end in places if text[start:end]))[:MOST]
