"""What a member did with the articles suggested for a case, in the transaction of their step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shinrai.knowledge.models import ArticleUse, ArticleVersion
from shinrai.knowledge.queries.edits import BETWEEN, SEPARATOR, change_mark
from shinrai.knowledge.rules.differences import Edit, edits
from shinrai.ledger.queries import CaseHead
from shinrai.privacy.operations import open_keys, store_words

NONE_FITS: Final = "none"


@dataclass(frozen=True)
class ArticleChoice:
    """The versions that were offered, best first, and the one taken; None: none of them fits."""

    offered: Sequence[int]
    taken: int | None


def record_use(
    *, head: CaseHead, choice: ArticleChoice, sent: str, filled: str, at: datetime, by: str
) -> None:
    """Record what was sent from which article; call it in the transaction of the step.

    `filled` is the text as it was put into the form, `sent` as it was sent. What was changed is
    sealed under the key of the customer; its keyed hash alone can be compared.
    """
    offered = [one for one in choice.offered if isinstance(one, int)][:3]
    there = ArticleVersion.objects.filter(workspace_id=head.workspace_id)
    if choice.taken is None:
        first = there.filter(pk__in=offered[:1]).first()
        ArticleUse.objects.create(
            workspace_id=head.workspace_id,
            case_id=head.id,
            article=first,
            choice="none_fits",
            offered=offered,
            at=at,
            by=by,
        )
        return
    article = there.filter(pk=choice.taken).first()
    if article is None:
        return
    found = edits(filled, sent)
    ArticleUse.objects.create(
        workspace_id=head.workspace_id,
        case_id=head.id,
        article=article,
        choice="used",
        offered=offered,
        changes=[change_mark(head.workspace_id, article.key, one) for one in found],
        words_id=_seal(head, found),
        at=at,
        by=by,
    )


def _seal(head: CaseHead, found: Sequence[Edit]) -> int | None:
    if not found or head.key_id is None:
        return None
    keys = open_keys([head.key_id])
    if head.key_id not in keys:
        return None
    text = BETWEEN.join(f"{one.before}{SEPARATOR}{one.after}" for one in found)
    return store_words([(head.key_id, keys[head.key_id], text)])[0]
