"""Turns Atlassian documents, in which Jira's API 3 writes texts, into plain text.

**Source:** developer.atlassian.com, Atlassian Document Format (`type`, `content`, `text`, `attrs`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_BLOCKS: Final = frozenset(
    {"paragraph", "heading", "codeBlock", "listItem", "tableRow", "taskItem", "decisionItem"}
)
_DEEPEST: Final = 100  # documents nest a dozen levels at most


def plain(value: Any) -> str | None:
    """Turn a Jira text, a string or an Atlassian document, into plain text; None if empty."""
    if isinstance(value, Mapping):
        lines = "".join(_read(value, 0)).split("\n")
        return "\n".join(line.rstrip() for line in lines).strip() or None
    return str(value) if value else None


def _read(node: Any, depth: int) -> Iterator[str]:
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    kind, attrs = str(node.get("type")), node.get("attrs")
    attrs = attrs if isinstance(attrs, Mapping) else {}
    match kind:
        case "text":
            yield str(node.get("text") or "")
        case "hardBreak" | "rule":
            yield "\n"
        case "mention" | "emoji" | "status" | "placeholder":
            yield str(attrs.get("text") or attrs.get("shortName") or "")
        case "date":
            yield str(attrs.get("timestamp") or "")
        case "inlineCard" | "blockCard" | "embedCard":
            yield str(attrs.get("url") or "")
        case "tableCell" | "tableHeader":
            yield from _inside(node, depth)
            yield "\t"
        case _:
            yield from _inside(node, depth)
            if kind in _BLOCKS:
                yield "\n"


def _inside(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    content = node.get("content")
    for each in content if isinstance(content, list) else ():
        yield from _read(each, depth + 1)
