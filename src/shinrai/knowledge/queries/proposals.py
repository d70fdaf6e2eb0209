"""What versions changed, and revisions that templates propose: an edit made five times."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.knowledge.models import ArticleUse, RevisionDecision
from shinrai.knowledge.queries.edits import change_mark, opened_edits
from shinrai.knowledge.rules.article import Article
from shinrai.knowledge.rules.differences import EQUAL_USES, Edit, changes, revised
from shinrai.privacy.operations import masker


@dataclass(frozen=True)
class RevisionProposal:
    """An edit that was made in `uses` cases; `body` is the article with it, None if outdated."""

    key: str
    change: str
    uses: int
    before: str
    after: str
    body: str | None


def revision_proposals(*, workspace_id: int, article: Article) -> tuple[RevisionProposal, ...]:
    """List the edits of an article made in five cases or more that nobody decided on yet.

    The words are those of one use that was not erased, masked.
    """
    counts: dict[str, set[int]] = defaultdict(set)
    words: dict[str, list[int]] = defaultdict(list)
    rows = ArticleUse.objects.filter(
        workspace_id=workspace_id, article__key=article.key, choice="used"
    )
    for case_id, marks, words_id in rows.values_list("case_id", "changes", "words_id"):
        for change in marks:
            counts[change].add(case_id)
            if words_id is not None:
                words[change].append(words_id)
    decided = set(
        RevisionDecision.objects.filter(workspace_id=workspace_id, key=article.key).values_list(
            "change", flat=True
        )
    )
    mask = masker(workspace_id=workspace_id)
    found = []
    for change, cases in counts.items():
        if len(cases) < EQUAL_USES or change in decided:
            continue
        edit = _edit(workspace_id, article.key, change, words[change])
        if edit is not None:
            shown = Edit(mask(edit.before), mask(edit.after))
            body = revised(article.fields.body, shown)
            found.append(
                RevisionProposal(article.key, change, len(cases), shown.before, shown.after, body)
            )
    return tuple(sorted(found, key=lambda one: -one.uses))


def version_changes(versions: Sequence[Article]) -> list[tuple[Article, tuple[Edit, ...]]]:
    """Return versions, the newest first, each with the lines that differ from the one before."""
    found = []
    for one, before in zip(versions, [*versions[1:], None], strict=True):
        said = (
            changes(_told(before), _told(one))
            if before is not None and before.fields != one.fields
            else ()
        )
        found.append((one, said))
    return found


def _edit(workspace_id: int, key: str, change: str, words: list[int]) -> Edit | None:
    for words_id in reversed(words):
        for edit in opened_edits(words_id):
            if change_mark(workspace_id, key, edit) == change:
                return edit
    return None


def _told(article: Article) -> str:
    one = article.fields
    facts = (one.topic, one.owner, one.release, one.review_on, one.valid_until)
    return "\n".join([one.title, one.body, *(str(fact) for fact in facts if fact)])
