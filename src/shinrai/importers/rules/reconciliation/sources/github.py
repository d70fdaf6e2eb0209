"""What GitHub says of an issue itself: how many comments it has, and when it was closed last."""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import missing_step
from shinrai.units.wording import both

_COMMENTS: Final = stated_number("comments")


def _messages(evidence: Evidence) -> int | None:
    """Count what was said; None where there should be something and nothing is here."""
    count = len(evidence.life.messages)
    return count or (None if _COMMENTS(evidence.says) else 0)


METRICS: Final = (
    SourceFigure(
        name="comments",
        unit="count",
        definition=both(en="how many comments it has", ja="コメントの数"),
        ours=both(en="messages in and out, machines' too", ja="受信と送信の数（自動送信を含む）"),
        says=_COMMENTS,
        we_say=_messages,
        explain=(
            missing_step(
                "inbound",
                "outbound",
                says=both(
                    en="the records hold no comments of it", ja="コメントが記録に入っていません"
                ),
            ),
        ),
    ),
    SourceFigure(
        name="closed_at",
        unit="moment",
        definition=both(en="when it was closed last", ja="最後にクローズした日時"),
        ours=both(
            en="the last solved, closed or cancelled", ja="最後の「解決」「クローズ」「取り消し」"
        ),
        says=stated_number("closed_at"),
        we_say=times.last_step("solved", "closed", "cancelled"),
        explain=(
            missing_step(
                "solved",
                "closed",
                "cancelled",
                says=both(
                    en="the records hold no moment at which it was closed",
                    ja="クローズの日時が記録にありません",
                ),
            ),
        ),
    ),
)
