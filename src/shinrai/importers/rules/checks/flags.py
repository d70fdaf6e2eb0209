"""Flags: what looked wrong, how often, where, in both languages; nothing is changed for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

EXAMPLES = 5
_SEVERAL: Final = re.compile(
    r"\b1 (?P<noun>[a-z]+?)(?P<end>ies|s)\b"
    r"(?: (?P<verb>have|hold|say|come|carry|are|were|stand|name|begin|do))?\b"
)
_VERBS: Final = {"have": "has", "carry": "carries", "are": "is", "were": "was", "do": "does"}


@dataclass(frozen=True)
class ImportFlag:
    """One doubt about an import."""

    code: str
    count: int
    text: Mapping[str, str]
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Write it as a document."""
        return {
            "code": self.code,
            "count": self.count,
            "text": dict(self.text),
            "examples": list(self.examples),
        }


# What each code says, as (English, Japanese). {n} is the count.
WORDS: Final[dict[str, tuple[str, str]]] = {
    "answered_before_asked": (
        "{n} cases were answered by somebody before being opened; kept, marked, not averaged",
        "{n} 件で、受付より前の時刻に回答があります。記録は残し、印を付け、平均からは除けます",
    ),
    "followed_up_before_asked": (
        "{n} cases have a message of the asker from before the opening; kept and marked",
        "{n} 件で、受付より前の時刻に本人の投稿があります。記録は残し、印を付けます",
    ),
    "before_opening": (
        "{n} cases have a step from before the opening; kept and marked",
        "{n} 件で、受付・起票より前の時刻にできごとがあります。記録は残し、印を付けます",
    ),
    "future": (
        "{n} cases have a step later than this import; kept and marked",
        "{n} 件で、取り込み時点より後の時刻のできごとがあります。記録は残し、印を付けます",
    ),
    "non_monotonic": (
        "in {n} cases the numbers of the rows and the moments disagree; kept and marked",
        "{n} 件で、行の番号と時刻の順が食い違います。記録は残し、印を付けます",
    ),
    "out_of_order": (
        "{n} cases have a step that does not fit the one before it; kept and shown",
        "{n} 件で、前のできごととつじつまの合わないできごとがあります。記録は残します",
    ),
    "orphan": (
        "{n} cases are only spoken of by rows of another table; not counted until opened by a row",
        "{n} 件は、本体の行がまだありません。本体が取り込まれるまで数えません",
    ),
    "status_contradicts": (
        "in {n} rows the status contradicts the dates; the dates decide",
        "{n} 行で、ステータスと日時が食い違います。日時を正とします",
    ),
    "status_unknown": (
        "{n} rows hold a status the mapping does not know; add it to `words` of its `status`",
        "{n} 行に、対応表にないステータスがあります。対応表の status の words に追加してください",
    ),
    "guessed_meaning": (
        "{n} rows hold a state whose meaning the mapping guesses",
        "{n} 行の状態は、対応表が意味を推測しています",
    ),
    "waits_without_a_moment": (
        "{n} rows say the case is waiting, but not since when: its pause is unknown",
        "{n} 行は保留中ですが、いつからか書かれていません。停止時間は不明です",
    ),
    "solved_without_a_moment": (
        "{n} rows say the case is solved, but not when",
        "{n} 行は解決済みですが、いつかは書かれていません",
    ),
    "reopened_without_a_moment": (
        "{n} rows say the case was reopened, but not when",
        "{n} 行は再オープン済みですが、いつかは書かれていません",
    ),
    "escalated_without_a_moment": (
        "{n} rows say the case was escalated, but not when",
        "{n} 行はエスカレーション済みですが、いつかは書かれていません",
    ),
    "no_state_history": (
        "{n} rows come without a history of states: pauses, reopenings and hand-overs are unknown",
        "{n} 行は状態の履歴がありません。停止、再オープン、引き継ぎは不明です",
    ),
    "no_messages": (
        "{n} rows come without messages: replies and round trips are unknown",
        "{n} 行はメッセージがありません。返信と往復は不明です",
    ),
    "records_set_aside": (
        "{n} rows come without some records: nobody can read those, and each is set aside",
        "{n} 行は、記録の一部を読み取れず保留しました。その分のできごとが抜けています",
    ),
    "history_cut": (
        "{n} rows come with only the later part of the history: the beginning is unknown",
        "{n} 行は履歴が途中からしかありません。最初の状態は不明です",
    ),
    "messages_cut": (
        "{n} rows come without some messages: replies and round trips are incomplete",
        "{n} 行はメッセージの一部がありません。返信と往復は不完全です",
    ),
    "reopened_after_unknown": (
        "{n} rows say when the case was reopened, but not when it had been solved before",
        "{n} 行は再オープンの日時だけがあり、その前の解決の日時がありません",
    ),
    "activity_unread": (
        "{n} rows hold a change of state as a sentence nobody here can read",
        "{n} 行の状態変更は文章で書かれていて、読み取れません",
    ),
    "rated_without_a_moment": (
        "{n} rows hold a rating, but not when it was given",
        "{n} 行に評価がありますが、いつかは書かれていません",
    ),
    "nobody_asked": (
        "{n} threads hold only automatic or internal messages, so nobody asked anything there; "
        "kept, and counted nowhere",
        "{n} 件は自動送信か社内のメールだけのスレッドです。"
        "問い合わせとしては数えません（記録は残します）",
    ),
    "mail_without_states": (
        "{n} inquiries come by mail, which knows no states: solutions, waits, reopenings and "
        "hand-overs are unknown",
        "{n} 件はメールの問い合わせです。メールには状態がないため、"
        "解決・保留・再オープン・引き継ぎの有無と日時は分かりません",
    ),
    "mail_copy": (
        "{n} copies stand in other folders; each mail counts once",
        "{n} 通は、別のフォルダーにもある同じメールの写しです。メールごとに一度だけ数えます",
    ),
    "mail_date_far": (
        "{n} mails carry a Date more than an hour from that of the mail host; "
        "the host's clock counts",
        "{n} 通は、Date とメールサーバーの受信時刻が 1 時間以上違います。サーバーの時刻を使います",
    ),
    "mail_date_alone": (
        "{n} mails carry no Received line to trust, being from outside; the sender's Date counts",
        "{n} 通は、信頼できる Received 行がない社外からのメールです。送信者の Date を使います",
    ),
    "mail_zone_unread": (
        "{n} mails carry a time whose zone is missing or nobody can read; it counts as UTC, and "
        "may be hours off",
        "{n} 通は、時刻の時差が書かれていないか読めません。UTC とみなすため、"
        "数時間ずれている可能性があります",
    ),
    "mail_date_of_file": (
        "{n} mails carry neither Received nor Date; the note of their mail folder counts",
        "{n} 通は Received も Date もありません。メールフォルダー側の記録の時刻を使います",
    ),
    "mail_no_sender": (
        "{n} mails do not name a sender; each counts as from a customer nobody knows",
        "{n} 通は差出人が分かりません。誰か分からないお客さまからの受信とみなします",
    ),
    "mail_no_id": (
        "{n} mails carry no Message-ID; told apart by the text",
        "{n} 通は Message-ID がありません。内容で見分けます",
    ),
    "mail_id_reused": (
        "{n} mails carry the Message-ID of another one with a different Date; both are kept",
        "{n} 通は、Date の異なる別のメールと同じ Message-ID です。どちらも取り込みます",
    ),
    "mail_charset_broken": (
        "{n} mails are not in the charset claimed; read in the one that fits best",
        "{n} 通は、表記と違う文字コードです。最もよく合うもので読みました",
    ),
    "mail_begins_with_reply": (
        "{n} threads begin with an answer to a mail that is not there; import the older folders "
        "and the sent mail too",
        "{n} 件のスレッドは、ここにないメールへの返信から始まっています。"
        "古いフォルダーと送信済みメールも取り込んでください",
    ),
    "mail_cut": (
        "{n} mails are longer than fits; the text is cut",
        "{n} 通は長すぎるため、本文を途中までにしました",
    ),
    "no_time_of_day": (
        "{n} rows hold a date without a time of day; it is read as midnight",
        "{n} 行に時刻のない日付があります。0:00 とみなします",
    ),
    "error_cell": (
        "{n} rows hold a cell with an error such as #N/A; it is read as empty",
        "{n} 行に #N/A などのエラーのセルがあります。空のセルとみなします",
    ),
    "customer_changed": (
        "{n} rows name another customer than the case had before; the first one stays",
        "{n} 行で、顧客がこれまでと異なります。最初の顧客のままにします",
    ),
    "no_text": (
        "the source gives no text: every message counts as substantive ({n} messages)",
        "本文がないため、すべてのメッセージを実質的とみなします（{n} 通）",
    ),
}


def counted_flag(
    code: str, count: int, examples: Sequence[str] = (), *, days: str = ""
) -> ImportFlag:
    """Make a flag in the usual words; a mapping's own doubt is shown by its name."""
    when = f" ({days})" if days else ""
    en, ja = WORDS.get(code, ("{n} rows are marked " + code, "{n} 行に印 " + code + " があります"))
    said = en.format(n=f"{count:,}")
    return ImportFlag(
        code=code,
        count=count,
        text={
            "en": (_of_one(said) if count == 1 else said) + when,
            "ja": ja.format(n=f"{count:,}") + when,
        },
        examples=tuple(examples[:EXAMPLES]),
    )


def _of_one(said: str) -> str:
    """Say of one what was written for several: 1 case has, 1 inquiry comes."""

    def one(found: re.Match[str]) -> str:
        noun = found["noun"] + ("y" if found["end"] == "ies" else "")
        verb = found["verb"]
        return f"1 {noun}" if verb is None else f"1 {noun} {_VERBS.get(verb, verb + 's')}"

    return _SEVERAL.sub(one, said, count=1)
