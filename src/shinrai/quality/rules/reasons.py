"""Why a figure of quality cannot be known, in both languages."""

from typing import Final

from shinrai.units.unknown import Unknown

NO_MESSAGES: Final = Unknown("no messages in the source", "取り込み元にメッセージがありません")
OPENED_BY_US: Final = Unknown(
    "cases opened by us have no first reply", "当方から始めた案件に初回返信はありません"
)
NOTHING_ASKED: Final = Unknown("no inquiries here", "対象の問い合わせがありません")
NO_DAY_PASSED: Final = Unknown(
    "no effective day has passed yet, or all of them are in doubt",
    "受付扱い日を過ぎた問い合わせがないか、すべて要確認です",
)
NOTHING_DUE: Final = Unknown(
    "nothing was due by the next business day yet, or all of it is in doubt",
    "翌営業日の期限を迎えた問い合わせがないか、すべて要確認です",
)
NOTHING_SOLVED: Final = Unknown(
    "nothing was solved, as far as the source says", "取り込み元に解決の記録がありません"
)
NOT_SETTLED: Final = Unknown(
    "no solution is 14 days old yet, or all of them are in doubt",
    "解決から14日過ぎたものがないか、すべて要確認です",
)
NO_ANSWERED_RUN: Final = Unknown(
    "no solved inquiry has an answered run", "解決済みで往復のある問い合わせがありません"
)
NO_TIERS: Final = Unknown(
    "no tiers in the source", "取り込み元に担当ライン（1次・2次・3次）がありません"
)
NO_GROUPS: Final = Unknown("no groups in the source", "取り込み元にグループがありません")
NO_WAITS: Final = Unknown("no waits in the source", "取り込み元に待ちの記録がありません")
NO_CUSTOMER: Final = Unknown("no customer in the source", "取り込み元に顧客がありません")
NO_TOPICS: Final = Unknown("no topics have been labelled", "話題の分類がまだありません")
NO_TOPIC_SETTLED: Final = Unknown(
    "nothing labelled was solved 14 days ago or longer",
    "分類済みで解決から14日過ぎたものがありません",
)
FEW_FINDINGS: Final = Unknown(
    "no topic has 5 findings in 180 days", "180日に判定が5件以上ある話題がありません"
)
NO_INVESTIGATIONS: Final = Unknown("no investigations here", "対象の調査がありません")
NOTHING_ANSWERED: Final = Unknown("no investigation was answered", "回答した調査がありません")
NO_REVIEWERS: Final = Unknown(
    "fewer than two reviewers have judged a sample", "評価者が二人そろったサンプルがありません"
)
CANNOT_TELL: Final = Unknown("the reviewers could not tell", "評価者が判断できませんでした")
NO_LABELLERS: Final = Unknown(
    "fewer than two people have labelled the same", "同じものを分類した人が二人いません"
)
ONE_TOPIC: Final = Unknown(
    "agreement is asked of all topics together", "分類の一致は全話題を通して測ります"
)
NO_ACCOUNTS: Final = Unknown("no accounts in the source", "取り込み元に取引先がありません")
NO_OPEN_ACCOUNT: Final = Unknown(
    "no account has an open matter", "未解決の件がある取引先がありません"
)
NO_USE: Final = Unknown("no use of the product is recorded here", "利用の記録がここにありません")
NO_ACCOUNT_MINUTES: Final = Unknown(
    "no minutes are written down for an account", "取引先の分かる件に作業時間の記録がありません"
)
MODES_MIX: Final = Unknown(
    "modes never mix; choose one, or read each of them",
    "経路（CS経由・直接・先回り）は混ぜません。経路を一つ選ぶか、経路ごとの値を見てください",
)
