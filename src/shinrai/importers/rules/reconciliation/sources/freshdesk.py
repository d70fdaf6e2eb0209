"""Freshdesk's `stats` of a ticket: moments of first response, resolution and close.

**Source:** field names as Freshdesk's API reference gives them (`include=stats`).
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import Explain, SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import missing_step, other_reading, turned_clock
from shinrai.units.moments import epoch_us
from shinrai.units.wording import Words, both


def _first_out(evidence: Evidence) -> int | None:
    return next((epoch_us(m.at) for m in evidence.life.messages if not m.inbound), None)


def _first_reply(evidence: Evidence) -> int | None:
    answers = (
        m for m in evidence.life.messages if not m.inbound and m.substantive and not m.automatic
    )
    return next((epoch_us(m.at) for m in answers), None)


def _moment(
    name: str, definition: Words, ours: Words, we_say: times.Moment, *why: Explain
) -> SourceFigure:
    return SourceFigure(
        name=f"stats.{name}",
        unit="moment",
        definition=definition,
        ours=ours,
        says=stated_number(f"stats.{name}"),
        we_say=we_say,
        explain=(turned_clock, *why),
    )


METRICS: Final = (
    _moment(
        "first_responded_at",
        both(en="when it was first responded to", ja="最初の返信の日時"),
        both(
            en="the first substantive message of a person to the customer",
            ja="人による最初の実質的な返信の日時",
        ),
        _first_reply,
        other_reading(
            _first_out,
            both(
                en="the first message of any sort; ours leaves out automatic ones and mere thanks",
                ja="どんな送信でも最初の一通です（こちらは自動送信やお礼だけの文面を除きます）",
            ),
        ),
        missing_step(
            "outbound",
            says=both(
                en="the export holds no message to the customer",
                ja="顧客への返信が書き出しにありません",
            ),
        ),
    ),
    _moment(
        "resolved_at",
        both(en="when it was last resolved", ja="最後の解決の日時"),
        both(en="the last standing step `solved`", ja="最後の有効なできごと「解決」の日時"),
        times.last_step("solved"),
        other_reading(
            times.last_step("closed"),
            both(
                en="closed without having been resolved: the close counts as the resolution there",
                ja="解決を経ずにクローズされ、その日時を解決とみなしています",
            ),
        ),
    ),
    _moment(
        "closed_at",
        both(en="when it was closed", ja="クローズの日時"),
        both(en="the last standing step `closed`", ja="最後の有効なできごと「クローズ」の日時"),
        times.last_step("closed"),
    ),
)
