"""A round of interviews with twelve households, by a script: who agreed to what, and who left.

Two decline, one does not answer, one withdraws, one consent is over; seven still speak.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

ROUND_KEY: Final = "spring-leavers"
ROUND: Final = {
    "title": "春の学習についてのお話",
    "question": "家庭は、何があったときに春の学習をやめるのか",
    "guide": "1. 最後に使った日のことを教えてください。\n"
    "2. その日の前の週は、どんな一週間でしたか。\n"
    "3. やめる前に、ほかに試したことはありますか。\n"
    "4. 続けている方は、何があるから続いていますか。",
    "targeting": {"who": "active", "days": 90, "cap_days": 90, "children": "guardian"},
    "wanted": 12,
    "keep_days": 365,
}
NEEDS: Final = {
    "short": "忙しい週も、5分だけで続けた気持ちになりたい",
    "seen": "子どもがどこで止まったのか、親が見てわかりたい",
    "answer": "困ったときに、いつ返事が来るのかを知りたい",
}
BEGINS: Final = timedelta(days=60)  # before the company's last day
INSIDE: Final = ("notes", "quotes_inside")
OUTSIDE: Final = ("notes", "quotes_inside", "quotes_outside")


@dataclass(frozen=True)
class SampleInterview:
    """What one household decided and said; `days`: how long its consent lasts, None: said no."""

    scope: tuple[str, ...] = ()
    days: int | None = 365
    minutes: int = 0
    note: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    end: str = ""  # declined, withdrawn, or "waiting"


INTERVIEWS: Final = (
    SampleInterview(
        OUTSIDE, 365, 45, "新学期に部活が始まり、夜の学習が週1回になった。",
        (("short", "5分で終わる日があれば、やめなかったと思います。"),
         ("seen", "どこでつまずいたのか、私には見えませんでした。")),
    ),
    SampleInterview(INSIDE, 365, 40, "下の子の入学と重なった。",
                    (("short", "一週間休むと、もう戻りにくくて。"),)),
    SampleInterview(OUTSIDE, 365, 50, "採点の結果を親子で見返している。",
                    (("seen", "間違えた理由が一言あると、声をかけやすいです。"),)),
    SampleInterview(INSIDE, 365, 30, "問い合わせの返事を三日待った。",
                    (("answer", "いつ返事が来るのかだけでも知りたかったです。"),)),
    SampleInterview(OUTSIDE, 365, 35, "引っ越しの間に中断した。",
                    (("answer", "待っている間、忘れられたのかと思いました。"),)),
    SampleInterview(("notes",), 365, 40, "通信の調子が悪い日が続いた。"),
    SampleInterview((), 365, 25),
    SampleInterview(INSIDE, 365, 45, "料金の見直しを考えていた。",
                    (("short", "短い日があるなら続けたいです。"),), "withdrawn"),
    SampleInterview(OUTSIDE, 30, 40, "春休みに一度やめて、戻った。",
                    (("seen", "先生のひと言で戻ってきました。"),)),
    SampleInterview(days=None, end="declined"),
    SampleInterview(days=None, end="declined"),
    SampleInterview(days=None, end="waiting"),
)  # fmt: skip


def interview_truth() -> dict[str, Any]:
    """Return what the round should find, counted from the script; of quotes, those still shown."""
    agreed = [one for one in INTERVIEWS if one.days is not None]
    shown = [one for one in agreed if not one.end and one.days and one.days > BEGINS.days]
    return {
        "invited": len(INTERVIEWS),
        "consented": len(agreed),
        "held": sum(one.minutes > 0 for one in INTERVIEWS),
        "declined": sum(one.end == "declined" for one in INTERVIEWS),
        "withdrawn": sum(one.end == "withdrawn" for one in INTERVIEWS),
        "ended": sum(one.days is not None and one.days < BEGINS.days for one in INTERVIEWS),
        "waiting": sum(one.end == "waiting" for one in INTERVIEWS),
        "notes": sum(bool(one.note) for one in INTERVIEWS),
        "quotes": sum(len(one.quotes) for one in INTERVIEWS),
        "shown": sum(len(one.quotes) for one in shown),
        "outside": sum(len(one.quotes) for one in shown if "quotes_outside" in one.scope),
    }
