"""The knowledge of the sample: templates and manuals, how they were used, and what became wrong."""

from datetime import datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.operations.article_drafts import NothingToDraft, draft_article
from shinrai.knowledge.operations.articles import (
    change_state,
    note_empty_search,
    write_article,
)
from shinrai.knowledge.operations.staleness import mark_contradicted, mark_released
from shinrai.knowledge.operations.uses import ArticleChoice, record_use
from shinrai.knowledge.queries.articles import article_named, articles
from shinrai.knowledge.rules.article import article_fields
from shinrai.ledger.queries import case_heads, cases_of
from shinrai.trends.queries.report import Trends

BY: Final = "sample"
MONTHS: Final = timedelta(days=90)
BYE: Final = "\nご不明な点がありましたら、{case} へご返信ください。"
BYE_EN: Final = "\nIf anything is unclear, answer this mail ({case})."
# key, topic, title, text; {customer} is typed by whoever sends.
TEMPLATES: Final = (
    ("streak-restore", "streak", "連続記録が消えたとき",
     "ご不便をおかけしました。学習の記録は残っています。\n連続記録は、端末の日付を確かめたうえで"
     "「記録」の画面を開くと、翌朝までに戻ります。"),
    ("video-stops", "video", "動画が途中で止まるとき",
     "動画の画質を「標準」にして、もう一度再生してみてください。\n学校のタブレットでは、"
     "先生の端末の設定で止まることがあります。"),
    ("notices-off", "notices", "保護者あての通知が届かないとき",
     "機種変更のあとは、通知の許可が外れることがあります。\n「保護者」の画面で通知を一度オフに"
     "してから、もう一度オンにしてください。"),
    ("grading-recheck", "grading", "採点がまちがっているとき",
     "ご指摘ありがとうございます。採点を確かめ、まちがいがあれば点数を直します。\n"
     "問題の番号と、書いた答えの写真をお送りください。"),
    ("billing-twice", "billing", "同じ月の請求が2件あるとき",
     "2件目は、きょうだいのぶんの請求です。\n「契約」の画面で、人数ごとの内訳をご確認ください。"),
    ("login-reset", "login", "ログインできないとき",
     "パスワードを再設定すると入れます。\n「ログインできない」を押し、届いたメールの番号を"
     "入力してください。"),
    ("login-tablet", "login", "学校のタブレットで入れないとき",
     "学校のタブレットでは、先生が配る番号で入ります。\n番号がわからないときは、先生にお尋ねください。"),
    ("homework-late", "homework", "宿題が先生に見えないとき",
     "提出のあと、先生の画面に出るまで5分ほどかかります。\n「提出済み」と出ているかをご確認ください。"),
    ("intruder-lock", "intruder", "知らない端末からの利用があるとき",
     "すべての端末からログアウトしました。\n新しいパスワードを設定してからお使いください。"),
    ("crash-update", "app_crash", "アプリが落ちるとき",
     "アプリを最新版に更新してください。\n更新しても落ちるときは、端末の名前をお知らせください。"),
    ("sibling-add", "account", "きょうだいを追加したいとき",
     "「家族」の画面で「追加」を押してください。\n追加した月の料金は日割りです。"),
)  # fmt: skip
ENGLISH: Final = (
    ("streak-restore-en", "streak", "When a streak was lost",
     "Sorry for the trouble. What you learned is still there.\nCheck the date of the device, open "
     "Records, and the streak is back by tomorrow morning."),
    ("login-reset-en", "login", "When you cannot sign in",
     "A new password lets you in.\nPress Cannot sign in, and type the number from the mail."),
    ("notices-off-en", "notices", "When a guardian gets no notices",
     "After a change of the phone, notices may be forbidden.\nOpen Guardian, switch notices off, "
     "and on again."),
)  # fmt: skip
MANUALS: Final = (
    ("manual-first-week", "howto", "ja", "はじめの1週間",
     "# はじめの1週間\n\n1. 毎日10分、決まった時間に始めます。\n"
     "2. 「今日の3つ」だけを終わらせます。\n3. 終わったら、保護者の画面に印が付きます。"),
    ("manual-grading", "grading", "ja", "採点のしくみ",
     "# 採点のしくみ\n\n| 問題 | 採点 |\n|---|---|\n| 選ぶ問題 | 自動 |\n"
     "| 書く問題 | 自動、見直しは人 |"),
    ("manual-refunds", "billing", "en", "How refunds are decided",
     "# How refunds are decided\n\nA month that was not used is paid back. Ask billing first."),
    ("manual-devices", "login", "en", "Devices that are supported",
     "# Devices\n\nTablets of schools need the number that teachers hand out."),
)  # fmt: skip
EDITED: Final = ("5分ほど", "15分ほど")
USED_OFTEN, USED, EDITS = 40, 8, 5
IN_VAIN: Final = ("領収書の再発行", "領収書の再発行", "兄弟割引")
# What is known to be true of it, whatever the size of the company.
CONTRADICTED, RELEASED, DRAFTS = "billing-twice", "crash-update", 1


def write_sample_knowledge(there: WorkspaceRecord, *, at: datetime) -> None:
    """Write templates and manuals three months ago, and use them; nothing if there are some.

    Known truth: one answer was contradicted, one is older than the last release, one proposes a
    revision after five equal edits, one is a draft from an investigation. Nothing is written down
    of the topic that one agent alone answers.
    """
    if articles(workspace_id=there.id):
        return
    began = at - MONTHS
    for key, topic, title, text in TEMPLATES:
        release = "アプリ 5.0" if key == RELEASED else ""
        _write(there, key, began, "template", "ja", title, text + BYE, topic, release)
    for key, topic, title, text in ENGLISH:
        _write(there, key, began, "template", "en", title, text + BYE_EN, topic)
    for key, topic, language, title, text in MANUALS:
        _write(there, key, began, "manual", language, title, text, topic)
    every = Trends(there, at).every
    for key, topic, count in (
        ("login-reset", "login", USED_OFTEN),
        ("homework-late", "homework", EDITS),
        ("video-stops", "video", USED),
    ):
        recent = every.about("topic", topic).between(
            began.date().toordinal() + 1, at.date().toordinal()
        )
        _use(there, key, sorted(recent.case.tolist())[:count], at)
    mark_contradicted(workspace_id=there.id, topic="billing", case_key="CRE-0117", at=at)
    mark_released(workspace=there, at=at)
    for words in IN_VAIN:
        note_empty_search(workspace_id=there.id, searched=words, at=at)
    for case_id in cases_of(workspace_id=there.id, record="investigation")[::-1]:
        try:
            draft_article(case_id=case_id, at=at, by=BY, owner="高橋")
        except NothingToDraft:
            continue
        break


def _write(
    there: WorkspaceRecord,
    key: str,
    at: datetime,
    kind: str,
    language: str,
    title: str,
    body: str,
    topic: str,
    release: str = "",
) -> None:
    typed = {
        "kind": kind, "language": language, "title": title, "body": body, "topic": topic,
        "owner": "高橋", "release": release, "review_on": str((at + 2 * MONTHS).date()),
    }  # fmt: skip
    fields = article_fields(typed)
    write_article(workspace_id=there.id, key=key, fields=fields, is_new=True, at=at, by=BY)
    change_state(workspace_id=there.id, key=key, state="published", at=at, by=BY)


def _use(there: WorkspaceRecord, key: str, cases: list[int], at: datetime) -> None:
    """Use a template in cases; that about homework was corrected in each before it was sent."""
    article = article_named(workspace_id=there.id, key=key).article
    for number, head in enumerate(case_heads(cases).values()):
        filled = article.fields.body.replace("{case}", head.source_key)
        record_use(
            head=head,
            choice=ArticleChoice([article.id], article.id),
            sent=filled.replace(*EDITED),
            filled=filled,
            at=at - timedelta(days=60 - number % 55),
            by=BY,
        )
