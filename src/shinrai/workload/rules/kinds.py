"""Kinds of job, the tiers people work in, and minutes as people type them."""

from typing import Final

from shinrai.ledger.rules.minutes import MOST_MINUTES
from shinrai.units.wording import SaidInBoth, Words, both

TIER_3: Final = 3

# The first is offered first. A source's own kinds stay as they are.
JOBS: Final[dict[str, Words]] = {
    "reply": both(en="replying", ja="返信"),
    "investigate": both(en="investigating", ja="調査"),
    "escalate": both(en="handing over, asking", ja="引き継ぎ・相談"),
    "data_fix": both(en="correcting data", ja="データ修正"),
    "follow_up": both(en="following up", ja="経過の確認"),
    "meeting": both(en="meeting", ja="打ち合わせ"),
    "other": both(en="other", ja="その他"),
}
# Kinds a desk's own log often names; they are said in words, and not offered.
ALSO: Final[dict[str, Words]] = {
    "investigation": both(en="investigating", ja="調査"),
    "record_check": both(en="checking records", ja="記録の確認"),
    "billing_check": both(en="checking bills", ja="請求の確認"),
    "account_check": both(en="checking an account", ja="アカウントの確認"),
    "account_change": both(en="changing an account", ja="アカウントの変更"),
    "password_reset": both(en="resetting a password", ja="パスワードの再設定"),
    "plan_change": both(en="changing a plan", ja="プランの変更"),
}


class BadMinutes(SaidInBoth, ValueError):
    """Minutes that cannot be."""


def read_minutes(text: str) -> int:
    """Read whole minutes as people type them.

    Raises: BadMinutes.
    """
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and 1 <= int(plain[:6]) <= MOST_MINUTES:
        return int(plain)
    raise BadMinutes(
        f"{text!r} is no number of minutes; write a whole number from 1 to {MOST_MINUTES}",
        f"「{text}」は分数として読めません。1〜{MOST_MINUTES} の整数で入力してください",
    )


def job_words(job: str, language: str) -> str:
    """Name a kind of job; one of a source's own is named as it is."""
    named = JOBS.get(job) or ALSO.get(job)
    return named[language] if named else job
