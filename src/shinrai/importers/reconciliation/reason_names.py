"""What the reasons for a difference are called, in both languages."""

from typing import Final

from shinrai.units.wording import Words, alike, both

REASONS: Final = {
    "definition": both(en="another definition", ja="定義の違い"),
    "missing_step": both(en="not in the log", ja="ログにない出来事"),
    "row_order": both(en="rows against the clock", ja="行の順番の乱れ"),
    "rounding_to_minutes": both(en="rounded to minutes", ja="分単位の丸め"),
    "last_schedule_only": both(en="only the last hours counted", ja="最新の営業時間だけで計算"),
    "zone": both(en="another zone", ja="タイムゾーンの違い"),
    "not_over": both(en="not solved yet", ja="未解決"),
    "unexplained": both(en="unexplained", ja="理由不明"),
}


def reason_words(code: str) -> Words:
    """Name a reason."""
    return REASONS.get(code, alike(code))
