"""The short report: 8 to 12 lines, as text for mail, Slack's mrkdwn and Teams' Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shinrai.units.text import Text, translated

MADE_UP = Text("Made-up data: nothing here happened to a real customer.")
# A title is what somebody typed: no sign of it may format, link, mention or quote.
TAME = str.maketrans("*`[]<>|~@#", "∗'［］‹›｜∼＠＃")


@dataclass(frozen=True)
class ShortLine:
    """One line; one about a case begins with its key and title, which is read when it is shown."""

    words: Text | str
    case_id: int | None = None
    case_key: str = ""

    def stored(self, language: str) -> dict[str, Any]:
        """Return the line in one language, to be stored; it holds no title."""
        words = translated(self.words, language)
        return {"words": words, "case_id": self.case_id, "case_key": self.case_key}


@dataclass(frozen=True)
class WrittenLine:
    """A line as it is read; `is_case` stands beneath the line before it."""

    text: str
    is_case: bool = False


@dataclass(frozen=True)
class ShortReport:
    """The lines in one language, with their title, what is said first, and where the rest is."""

    title: str
    notice: str
    lines: tuple[WrittenLine, ...]
    address: str

    @property
    def mail(self) -> str:
        """Return it as plain text."""
        return self._joined(self.title, "- ", "  - ")

    @property
    def slack(self) -> str:
        """Return it in Slack's mrkdwn."""
        return self._joined(f"*{self.title}*", "• ", "    ◦ ")

    @property
    def slack_payload(self) -> str:
        """Return it as Slack's API wants it: the three signs of its markup escaped."""
        escaped = self.slack.replace("&", "&amp;")
        return escaped.replace("<", "&lt;").replace(">", "&gt;")

    @property
    def teams(self) -> str:
        """Return it in the Markdown that Teams reads."""
        return self._joined(f"**{self.title}**", "- ", "  - ")

    def _joined(self, title: str, bullet: str, beneath: str) -> str:
        lines = [title, *([self.notice] if self.notice else []), ""]
        lines += [(beneath if line.is_case else bullet) + line.text for line in self.lines]
        return "\n".join([*lines, "", self.address]) + "\n"


def written(
    stored: Sequence[Mapping[str, Any]], titles: Mapping[int, str], language: str
) -> Iterator[WrittenLine]:
    """Yield stored lines with the titles of their cases; an erased title is left out."""
    for line in stored:
        if line["case_id"] is None:
            yield WrittenLine(line["words"])
            continue
        title = titles.get(line["case_id"], "").translate(TAME)
        head = Text("{key} “{title}”", key=line["case_key"], title=title) if title else None
        said = Text("{case}: {words}", case=head or line["case_key"], words=line["words"])
        yield WrittenLine(translated(said, language), is_case=True)


def payload(report: ShortReport, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a webhook: Slack's, Teams' (an adaptive card), or plain JSON."""
    if kind == "slack":
        return {"text": report.slack_payload}
    if kind == "teams":
        block = {"type": "TextBlock", "wrap": True}
        body = [
            {**block, "text": report.title, "weight": "Bolder", "size": "Medium"},
            *([{**block, "text": report.notice, "isSubtle": True}] if report.notice else []),
            *({**block, "text": f"- {line.text}", "spacing": "Small"} for line in report.lines),
            {**block, "text": report.address},
        ]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
        }
        content_type = "application/vnd.microsoft.card.adaptive"
        return {
            "type": "message",
            "attachments": [{"contentType": content_type, "content": card}],
        }
    return {
        **facts,
        "title": report.title,
        "lines": [line.text for line in report.lines],
        "text": report.mail,
        "address": report.address,
    }
