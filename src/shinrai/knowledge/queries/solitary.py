"""Topics that one person alone answers, with what is written down about them."""

from collections.abc import Mapping
from dataclasses import dataclass

from shinrai.knowledge.queries.articles import articles, prepared
from shinrai.ledger.queries import CaseHead, case_heads, investigations_under
from shinrai.topics.queries import codebook
from shinrai.units.share import Share
from shinrai.units.text import Text


@dataclass(frozen=True)
class SolitaryRow:
    """A topic, who answers it, and the article about it, or the case a draft would come from."""

    topic: str
    name: Text
    person: str
    share: Share
    article_key: str
    article_title: str
    draft_from: CaseHead | None


def solitary_rows(*, workspace_id: int, names: Mapping[str, str]) -> list[SolitaryRow]:
    """List them as the worker counted them, the heaviest first."""
    written = {
        one.fields.topic: one.article
        for one in reversed(articles(workspace_id=workspace_id))
        if one.article.state != "retired"
    }
    book = codebook(workspace_id=workspace_id)
    found = prepared(workspace_id=workspace_id).get("solitary", ())
    last = [row["last_case"] for row in found]
    below = investigations_under(last)
    heads = case_heads([*last, *(case for cases in below.values() for case in cases)])
    rows = []
    for row in found:
        article = written.get(row["topic"])
        under = below.get(row["last_case"], [])
        case = max(under) if under else row["last_case"]
        rows.append(
            SolitaryRow(
                row["topic"],
                book.name(row["topic"]),
                names.get(row["person"], row["person"]),
                Share(row["count"], row["of"]),
                article.key if article else "",
                article.title if article else "",
                None if article else heads.get(case),
            )
        )
    return rows
