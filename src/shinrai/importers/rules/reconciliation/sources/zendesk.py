"""Zendesk's ticket metrics (`metric_sets`), in minutes by the calendar and by business hours.

**Source:** names and meanings as Zendesk's reference of ticket metrics gives them. Figures are kept
under dotted names, `reply_time_in_minutes.business`; business hours there are those of the schedule
that was last applied to the ticket, counted for all of its past.
"""

from typing import Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.figure import Explain, SourceFigure, stated_number
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    Pieces,
    business_time,
    missing_step,
    one,
    other_reading,
    rounding,
    still_waiting,
)
from shinrai.importers.rules.reconciliation.times import Reading
from shinrai.units.wording import Words, both

_NO_REPLY = missing_step(
    "outbound",
    says=both(
        en="the export holds no message to the customer", ja="顧客への返信が書き出しにありません"
    ),
)
_NO_END = missing_step(
    "solved",
    "closed",
    says=both(
        en="the export holds no moment at which it was solved",
        ja="解決した日時が書き出しにありません",
    ),
)
_ANY_MESSAGE = both(
    en="counted to the first message of any sort; ours leaves out automatic ones and mere thanks",
    ja="どんな送信でも最初の一通までで数えています（こちらは自動送信やお礼だけの文面を除きます）",
)
_ALL_MESSAGES = both(
    en="counts every message to the customer; ours leaves out automatic ones",
    ja="顧客への送信をすべて数えています（こちらは自動送信を除きます）",
)


def _time(
    name: str,
    reading: Reading,
    definition: Words,
    ours: Words,
    *more: Explain,
    pieces: Pieces = one,
) -> tuple[SourceFigure, SourceFigure]:
    """Declare a time in both calendars."""
    field = f"{name}_in_minutes"
    calendar = SourceFigure(
        name=f"{field}.calendar",
        unit="seconds",
        per_unit=MINUTE_S,
        definition=definition,
        ours=ours,
        says=stated_number(f"{field}.calendar", times=MINUTE_S),
        we_say=times.around_the_clock(reading),
        explain=(rounding(pieces=pieces), *more),
    )
    business = business_time(
        f"{field}.business",
        reading,
        both(en=f"{definition['en']}, in business hours", ja=f"{definition['ja']}（営業時間）"),
        both(en=f"{ours['en']}, by our calendar", ja=f"{ours['ja']}（こちらのカレンダー）"),
        stated_number(f"{field}.business", times=MINUTE_S),
        *more,
        pieces=pieces,
    )
    return calendar, business


METRICS: Final = (
    *_time(
        "reply_time",
        times.first_reply,
        both(en="from creation to the first public reply", ja="作成から最初の公開返信まで"),
        both(
            en="from receipt to the first substantive message of a person",
            ja="受付から、人による最初の実質的な返信まで",
        ),
        other_reading(times.around_the_clock(times.first_message_out), _ANY_MESSAGE, near=MINUTE_S),
        _NO_REPLY,
    ),
    *_time(
        "first_resolution_time",
        times.first_solution,
        both(en="from creation to the first time it was solved", ja="作成から最初の解決まで"),
        both(en="from receipt to the first `solved`", ja="受付から最初の「解決」まで"),
        _NO_END,
    ),
    *_time(
        "full_resolution_time",
        times.full_solution,
        both(en="from creation to the last time it was solved", ja="作成から最後の解決まで"),
        both(en="from receipt to the last `solved`", ja="受付から最後の「解決」まで"),
        _NO_END,
    ),
    *_time(
        "requester_wait_time",
        times.working,
        both(
            en="how long it was new, open or on hold", ja="新規・オープン・保留中だった時間の合計"
        ),
        both(
            en="unsolved time, less the waits for the customer",
            ja="未解決の時間から、顧客待ちを除いたもの",
        ),
        still_waiting,
        pieces=times.pieces,
    ),
    *_time(
        "agent_wait_time",
        times.resting("customer"),
        both(en="how long it was pending", ja="保留（顧客待ち）だった時間の合計"),
        both(en="the waits for the customer", ja="顧客待ちの合計"),
        still_waiting,
        pieces=times.pieces,
    ),
    *_time(
        "on_hold_time",
        times.resting("third_party", "problem"),
        both(en="how long it was on hold", ja="待機中だった時間の合計"),
        both(
            en="the waits for a third party or a problem",
            ja="第三者待ち・不具合対応待ちの合計",
        ),
        still_waiting,
        pieces=times.pieces,
    ),
    SourceFigure(
        name="reopens",
        unit="count",
        definition=both(en="how often it was opened again", ja="再オープンされた回数"),
        ours=both(en="the standing steps `reopened`", ja="有効なできごと「再オープン」の数"),
        says=stated_number("reopens"),
        we_say=times.reopenings,
    ),
    SourceFigure(
        name="replies",
        unit="count",
        definition=both(en="public replies of agents", ja="担当者の公開返信の数"),
        ours=both(en="messages of persons to the customer", ja="人による顧客への返信の数"),
        says=stated_number("replies"),
        we_say=times.replies,
        explain=(other_reading(times.messages_out, _ALL_MESSAGES),),
    ),
    SourceFigure(
        name="group_stations",
        unit="count",
        definition=both(en="groups it was with", ja="担当したグループの数"),
        ours=both(en="groups that held it, in turn", ja="順に担当したグループの数"),
        says=stated_number("group_stations"),
        we_say=times.groups,
    ),
    SourceFigure(
        name="assignee_stations",
        unit="count",
        definition=both(en="agents it was with", ja="担当した人の数"),
        ours=both(en="persons who held it, in turn", ja="順に担当した人の数"),
        says=stated_number("assignee_stations"),
        we_say=times.assignees,
    ),
)
