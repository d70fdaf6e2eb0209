"""GitHub's own figures of an issue: its number of comments, and when it was last closed."""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import missing_step
from shinrai.units.text import Text

_COMMENTS: Final = stated_number("comments")


def _messages(evidence: Evidence) -> int | None:
    """Count messages; None if GitHub has comments but none were imported."""
    count = len(evidence.life.messages)
    return count or (None if _COMMENTS(evidence.says) else 0)


METRICS: Final = (
    SourceFigure(
        name="comments",
        unit="count",
        definition=Text("how many comments it has"),
        ours=Text("messages in and out, machines' too"),
        says=_COMMENTS,
        we_say=_messages,
        explain=(
            missing_step(
                "inbound",
                "outbound",
                says=Text("the records hold no comments of it"),
            ),
        ),
    ),
    SourceFigure(
        name="closed_at",
        unit="moment",
        definition=Text("when it was closed last"),
        ours=Text("the last solved, closed or cancelled"),
        says=stated_number("closed_at"),
        we_say=times.last_step("solved", "closed", "cancelled"),
        explain=(
            missing_step(
                "solved",
                "closed",
                "cancelled",
                says=Text("the records hold no moment at which it was closed"),
            ),
        ),
    ),
)
