"""What would make an unknown figure known: who must do what, or that time alone must pass."""

from typing import Final

from shinrai.quality.rules import reasons
from shinrai.statistics import krippendorff
from shinrai.units.unknown import Unknown
from shinrai.units.wording import Words, both

REMEDIES: Final[dict[Unknown, Words]] = {
    reasons.NO_MESSAGES: both(
        en="Import a source that keeps the messages, not only the states.",
        ja="状態だけでなく、メッセージも残っている記録を取り込むと出ます。",
    ),
    reasons.OPENED_BY_US: both(
        en="Nothing to do: we spoke first.",
        ja="することはありません（当方から始めた案件です）。",
    ),
    reasons.NOTHING_ASKED: both(
        en="Look at other dates.",
        ja="ほかの期間を見てください。",
    ),
    reasons.NO_DAY_PASSED: both(
        en="Comes by itself once a day has passed, or once the doubts are settled.",
        ja="受付扱い日を過ぎるか、要確認が解消すると自動で出ます。",
    ),
    reasons.NOTHING_DUE: both(
        en="Comes by itself with the next close, or once the doubts are settled.",
        ja="翌営業日の終業を過ぎるか、要確認が解消すると自動で出ます。",
    ),
    reasons.NOTHING_SOLVED: both(
        en="Say in the mapping which of the source's states means solved, and import again.",
        ja="取り込み元のどの状態が解決にあたるかをマッピングに書き、取り込み直すと出ます。",
    ),
    reasons.NOT_SETTLED: both(
        en="Comes by itself 14 days after the first solutions.",
        ja="最初の解決から14日たつと自動で出ます。",
    ),
    reasons.NO_ANSWERED_RUN: both(
        en="Comes with the first solved inquiry that was answered.",
        ja="返信した問い合わせが解決すると出ます。",
    ),
    reasons.NO_TIERS: both(
        en="Say in the mapping which group is which tier, and import again.",
        ja="どのグループが何次にあたるかをマッピングに書き、取り込み直すと出ます。",
    ),
    reasons.NO_GROUPS: both(
        en="Import a source that says which group holds a case.",
        ja="担当グループが残っている記録を取り込むと出ます。",
    ),
    reasons.NO_WAITS: both(
        en="Say in the mapping which of the source's states means waiting, and import again.",
        ja="取り込み元のどの状態が待ちにあたるかをマッピングに書き、取り込み直すと出ます。",
    ),
    reasons.NO_CUSTOMER: both(
        en="Import a source that says who asked, be it by a number.",
        ja="誰からの問い合わせかが（番号だけでも）分かる記録を取り込むと出ます。",
    ),
    reasons.NO_TOPICS: both(
        en="Label what the cases are about.",
        ja="案件の話題を分類すると出ます。",
    ),
    reasons.NO_TOPIC_SETTLED: both(
        en="Label what is solved; comes by itself 14 days after the solutions.",
        ja="解決した問い合わせを分類し、解決から14日たつと出ます。",
    ),
    reasons.FEW_FINDINGS: both(
        en="Comes once a topic has 5 findings; label the inquiries that are investigated.",
        ja="調査した問い合わせを分類し、同じ話題の判定が5件になると出ます。",
    ),
    krippendorff.TOO_FEW: both(
        en="Two people judge the same, without seeing each other.",
        ja="同じものを、二人がお互いを見ずに判断すると出ます。",
    ),
    krippendorff.NO_VARIETY: both(
        en="Comes once the judgements are not all the same.",
        ja="判断が一種類だけでなくなると出ます。",
    ),
    reasons.NO_INVESTIGATIONS: both(
        en="Import the sheet in which CS files questions with CRE.",
        ja="CSがCREに調査を依頼しているシートを取り込むと出ます。",
    ),
    reasons.NOTHING_ANSWERED: both(
        en="Comes with the first investigation that is answered.",
        ja="調査に回答すると出ます。",
    ),
    reasons.NO_REVIEWERS: both(
        en="Two people judge the same answers of a week, without seeing each other's verdict.",
        ja="その週の同じ回答を、二人がお互いの評価を見ずに評価すると出ます。",
    ),
    reasons.CANNOT_TELL: both(
        en="Let people review who know the product.",
        ja="製品を知っている人が評価すると出ます。",
    ),
    reasons.NO_LABELLERS: both(
        en="Two people label the same inquiries, without seeing each other's labels.",
        ja="同じ問い合わせを、二人がお互いの分類を見ずに分類すると出ます。",
    ),
    reasons.ONE_TOPIC: both(
        en="Ask without a topic; how far labellers agree on each stands on the page of topics.",
        ja="話題を絞らずに見てください。話題ごとの一致は「話題」のページにあります。",
    ),
    reasons.NO_ACCOUNTS: both(
        en="Say in the mapping which column names the company of an inquiry, and import again.",
        ja="どの列が問い合わせの取引先かをマッピングに書き、取り込み直すと出ます。",
    ),
    reasons.NO_OPEN_ACCOUNT: both(
        en="Nothing to do: comes with the next open matter of an account.",
        ja="することはありません。取引先に未解決の件ができると出ます。",
    ),
    reasons.NO_USE: both(
        en="Needs what the accounts use; it is not brought in yet.",
        ja="取引先の利用の記録が必要です。まだ取り込んでいません。",
    ),
    reasons.NO_ACCOUNT_MINUTES: both(
        en="Write down minutes on the inquiries of accounts.",
        ja="取引先の件に作業時間を記録すると出ます。",
    ),
}


def remedy_words(why: Unknown, language: str) -> str:
    """Say what would make it known; "" where nobody has written that down."""
    return REMEDIES[why][language] if why in REMEDIES else ""
