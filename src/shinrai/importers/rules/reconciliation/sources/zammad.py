"""Zammad's own results on a ticket: minutes to the first response and to the close.

**Source:** field names as Zammad's ticket reference gives them; its minutes are business time by
the calendar of the ticket's SLA, and null where no SLA applied.
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.figure import stated_number
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    business_time,
    missing_step,
    other_reading,
)
from shinrai.units.wording import both

_FIRST_OUT = both(
    en="counted to the first message of any sort; ours leaves out automatic ones and mere thanks",
    ja="どんな送信でも最初の一通までで数えています（こちらは自動送信やお礼だけの文面を除きます）",
)
_AROUND = both(
    en="counted around the clock: no calendar applied to the ticket there",
    ja="営業時間ではなく、すべての時間で数えています（チケットにカレンダーが効いていません）",
)
_NO_REPLY = both(
    en="the export holds no message to the customer", ja="顧客への返信が書き出しにありません"
)
_NO_END = both(
    en="the export holds no moment at which it was closed",
    ja="クローズの日時が書き出しにありません",
)

METRICS: Final = (
    business_time(
        "first_response_in_min",
        times.first_reply,
        both(
            en="business minutes from creation to the first response",
            ja="作成から最初の返信までの営業時間（分）",
        ),
        both(
            en="from receipt to the first substantive message of a person, by our calendar",
            ja="受付から、人による最初の実質的な返信まで（こちらのカレンダー）",
        ),
        stated_number("first_response_in_min", times=MINUTE_S),
        other_reading(times.by_calendar(times.first_message_out), _FIRST_OUT, near=MINUTE_S),
        other_reading(times.around_the_clock(times.first_reply), _AROUND, near=MINUTE_S),
        missing_step("outbound", says=_NO_REPLY),
    ),
    business_time(
        "close_in_min",
        times.closing,
        both(
            en="business minutes from creation to the close",
            ja="作成からクローズまでの営業時間（分）",
        ),
        both(
            en="from receipt to the last `closed`, by our calendar",
            ja="受付から最後の「クローズ」まで（こちらのカレンダー）",
        ),
        stated_number("close_in_min", times=MINUTE_S),
        other_reading(times.around_the_clock(times.closing), _AROUND, near=MINUTE_S),
        missing_step("closed", says=_NO_END),
    ),
)
