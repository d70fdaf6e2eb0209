"""Earlier cases whose title is like that of a case, best first, with what was found and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.titles import masked, titles
from shinrai.desk.rules.attributes import attributes_of
from shinrai.desk.rules.html_text import plain_text
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import CaseHead, case_heads, standing_of
from shinrai.ledger.rules.steps import Step
from shinrai.search.queries import cases_titled_like
from shinrai.topics.queries import codebook
from shinrai.units.text import Text

MOST = 5
LOOKED_AT = 60  # the most alike, of which those that are answered are shown
LEAST = 0.3  # below it, titles of real desks had hardly anything in common
SAME_TOPIC = 0.15  # added where a person gave both the same topic
LONGEST = 400  # characters of an answer


@dataclass(frozen=True)
class SimilarCase:
    """An answered case whose title is like another's; `answer` is masked, and cut."""

    head: CaseHead
    title: str
    topic: Text | None
    is_same_topic: bool
    verdict: str
    answer: str
    ended_at: datetime
    likeness: float


@dataclass(frozen=True)
class _Answered:
    verdict: str
    ended_at: datetime
    words_id: int | None


def similar_cases(*, workspace_id: int, case_id: int, at: datetime) -> tuple[SimilarCase, ...]:
    """Return the answered cases most like a case by pairs of characters and by topic.

    They began earlier; the inquiry of an investigation, and the investigations of an inquiry, are
    the same matter and left out.
    """
    mine = standing_of([case_id], workspace_id=workspace_id, until=at).get(case_id, [])
    title = titles({case_id: mine}).get(case_id, "")
    if not title:
        return ()
    like = dict(cases_titled_like(workspace_id=workspace_id, title=title, most=LOOKED_AT))
    heads = case_heads({*like, case_id})
    stands = standing_of(like, workspace_id=workspace_id, until=at)
    book = codebook(workspace_id=workspace_id)

    def topic(steps: Sequence[Step]) -> str:
        said = attributes_of(steps).topic
        return book.counts_as(said) if said else ""

    wanted, found = topic(mine), []
    for other, steps in stands.items():
        ended = _answered(heads[other], steps)
        if ended is None or _is_same_matter(heads[case_id], heads[other]):
            continue
        if steps[0].at > mine[0].at:
            continue
        about = topic(steps)
        likeness = like[other] + (SAME_TOPIC if wanted and about == wanted else 0)
        if likeness >= LEAST:
            found.append((likeness, other, about, ended))
    best = sorted(found, key=lambda one: one[:2], reverse=True)[:MOST]
    said = titles({other: stands[other] for _, other, _, _ in best})
    words = masked(ended.words_id for _, _, _, ended in best)
    return tuple(
        SimilarCase(
            head=heads[other],
            title=said.get(other, ""),
            topic=book.name(about) if about else None,
            is_same_topic=bool(about) and about == wanted,
            verdict=ended.verdict,
            answer=_cut(plain_text(words.get(ended.words_id or 0, ""))),
            ended_at=ended.ended_at,
            likeness=likeness,
        )
        for likeness, other, about, ended in best
    )


def _answered(head: CaseHead, steps: Sequence[Step]) -> _Answered | None:
    """Return how a case ended, and where its answer lies; None if it is not answered."""
    if head.record == "investigation":
        state = replay_investigation(steps)
        if state.answered_at is None or state.contradicted:
            return None
        return _Answered(state.verdict or "", state.answered_at, _last(steps, "answered"))
    asked = replay_inquiry(steps)
    solved = [one.solved_at for one in asked.resolutions if one.solved_at is not None]
    if asked.phase not in ("solved", "closed") or not solved:
        return None
    return _Answered("", solved[-1], _last(steps, "outbound"))


def _last(steps: Sequence[Step], kind: str) -> int | None:
    """Return the last words of a kind of step that are of substance."""
    said = (
        step.words_id
        for step in reversed(steps)
        if step.kind == kind and step.words_id is not None and step.detail.get("substantive", True)
    )
    return next(said, None)


def _is_same_matter(one: CaseHead, other: CaseHead) -> bool:
    return other.id in (one.id, one.parent_id) or other.parent_id == one.id


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
