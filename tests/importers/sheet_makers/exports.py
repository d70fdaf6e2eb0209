"""What tools hand out: forms, desks, trackers."""

import csv
from datetime import UTC
from typing import Any

from tests.importers.sheet_makers.business_days import moment
from tests.importers.sheet_makers.writing import Case, Sheet, shown

QUICK = ("2026-11-02 10:32", "2026-11-05 18:00")


def make() -> None:
    google_forms_japanese()
    google_forms_english()
    zendesk_view()
    jira()
    backlog()
    kintone()
    redmine()
    github()
    servicenow()
    salesforce()


def google_forms_japanese() -> None:
    """The form's own time stamp; the answer's moment was typed in beside it by hand."""
    clock = shown("%Y/%m/%d ~I:%M:%S ")
    typed = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        half = "午前" if int(case.filed[11:13]) < 12 else "午後"
        return [
            f"{clock(case.filed)}{half} GMT+9", "cs@example.jp", case.text, "U-10482", "急ぎません",
            typed(case.answered),
        ]  # fmt: skip

    sheet = Sheet(
        "google_forms_japanese",
        line,
        answers={},
        roles={"filed": ["A"], "answered": ["F"]},
    )
    sheet.add(
        "タイムスタンプ", "メールアドレス", "調査してほしいこと", "お客さまID", "緊急度", "回答日時"
    )
    sheet.add_cases(
        Case(None, "連続記録", "2026-11-02 10:32:11", "2026-11-05 18:00"),
        Case(None, "通知\n（保護者）", "2026-11-02 18:00:00", "2026-11-06 18:01"),
        Case(None, "名簿", "2026-11-04 12:05:09", "2026-11-06 15:20"),
        Case(None, "決済", "2026-11-11 00:15:30", "2026-11-13 18:00"),
        Case(None, "動画", "2026-11-20 17:59:59", "2026-11-25 18:30"),
        Case(None, "退会", "2026-11-21 13:40:02", ""),
    )
    sheet.save_text("調査依頼フォーム（回答）.csv")


def google_forms_english() -> None:
    clock = shown("~m/~d/%Y ~H:%M:%S")
    typed = shown("%Y-%m-%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [clock(case.filed), "cs@example.com", case.text, typed(case.answered), case.who]

    sheet = Sheet(
        "google_forms_english",
        line,
        zone="America/New_York",
        roles={"filed": ["A"], "answered": ["D"]},
    )
    sheet.add(
        "Timestamp", "Email Address", "What should we look into?", "Answered at", "Looked into by"
    )
    sheet.add_cases(
        Case(None, "Cannot submit", "2026-10-13 09:05:01", "2026-10-15 18:00", who="Ravi"),
        Case(None, "Cannot submit, again", "2026-11-02 08:59:59", "2026-11-05 09:00", who="Mia"),
        Case(None, "Wrong teacher, see mail", "2026-11-03 18:00:00", "2026-11-06 18:00", who="Mia"),
        Case(None, "Dark mode", "2026-11-10 14:00:00", "2026-11-13 10:00", who="Ravi"),
        Case(None, "Export", "2026-11-25 17:59:00", "", who="Mia"),
    )
    sheet.save_text("Escalation form (Responses) - Form Responses 1.csv", end="\n")


def zendesk_view() -> None:
    """A view's list: `Updated` comes after the answer and says nothing about it."""
    write = shown("%Y-%m-%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [
            "solved" if case.answered else "open", case.key, case.text, "森下",
            write(case.filed), "CRE", case.who, "2026-12-01 09:00", write(case.answered), "normal",
        ]  # fmt: skip

    sheet = Sheet(
        "zendesk_view",
        line,
        roles={"key": ["B"], "filed": ["E"], "answered": ["I"]},
    )
    sheet.add("Status", "ID", "Subject", "Requester", "Requested", "Group", "Assignee", "Updated",
              "Solved", "Priority")  # fmt: skip
    sheet.add_cases(
        Case("51302", "明細が白い", "2026-11-02 10:32", "2026-11-05 18:00", who="瀬戸"),
        Case("51311", "計算が合わない", "2026-11-10 18:00", "2026-11-13 18:01", who="髙橋"),
        Case("51340", "保存できない", "2026-11-13 17:00", "2026-11-17 16:59", who="三﨑"),
        Case("51377", "並び順", "2026-11-18 08:00", "2026-11-19 18:01", who="瀬戸"),
        Case("51402", "連携が切れる", "2026-11-28 10:00", "", who="髙橋"),
        Case("51405", "既読にならない", "2026-11-30 09:30", "", who="三﨑"),
    )
    sheet.save_text("cre-view-2026-12-01.csv", quoting=csv.QUOTE_ALL, end="\n")


def jira() -> None:
    """Columns repeat, months are words, hours have AM and PM."""
    write = shown("%d/%b/%y ~I:%M %p")

    def line(case: Case) -> list[Any]:
        return [
            case.text, case.key, "1" + case.key[-3:] if case.key else "", "Investigation",
            "Done" if case.answered else "In Progress", "CRE", case.who, "森下",
            write(case.filed), "01/Dec/26 9:00 AM", write(case.answered), "ios", "billing",
            "03/Nov/26 9:15 AM;seto;見ています", "04/Nov/26 1:20 PM;morishita;お願いします",
        ]  # fmt: skip

    sheet = Sheet("jira", line, roles={"key": ["B"], "filed": ["I"], "answered": ["K"]})
    sheet.add("Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Assignee",
              "Reporter", "Created", "Updated", "Resolved", "Labels", "Labels", "Comment",
              "Comment")  # fmt: skip
    sheet.add_cases(
        Case("CRE-301", "請求書の宛名", "2026-11-02 10:32", "2026-11-05 18:00", who="seto"),
        Case(
            "CRE-302", "Double charge, card", "2026-11-04 12:01", "2026-11-06 18:01", who="misaki"
        ),
        Case("CRE-303", "通知", "2026-11-05 00:30", "2026-11-09 12:00", who="takahashi"),
        Case("CRE-304", "名簿", "2026-11-14 15:00", "2026-11-18 17:59", who="seto"),
        Case("CRE-305", "動画", "2026-11-24 18:00", "", who="misaki"),
    )
    sheet.save_text("Jira.csv", end="\n")


def backlog() -> None:
    """Forty columns in cp932; the due date and the day of change are no answers."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        number = case.key.split("-")[1] if case.key else ""
        return [
            f"88{number}", "12", "CRE調査", "CRE", case.key, "31", "調査依頼", "", "", "", "",
            case.text, "お客さまより。\n至急お願いします。", "4" if case.answered else "2",
            "完了" if case.answered else "処理中", "3", "中", "", "", "0", "対応済み", "501",
            case.who,
            "502", "森下", "", "2026/11/30", "", "", "", write(case.filed), "501", case.who,
            "2026/12/01 09:00", write(case.answered),
        ]  # fmt: skip

    sheet = Sheet("backlog", line, roles={"key": ["E"], "filed": ["AE"], "answered": ["AI"]})
    names = (
        "ID プロジェクトID プロジェクト名 キーID キー 種別ID 種別 カテゴリーID カテゴリー名 "
        "バージョンID バージョン 件名 詳細 状態ID 状態 優先度ID 優先度 マイルストーンID "
        "マイルストーン 完了理由ID 完了理由 担当者ID 担当者 登録者ID 登録者 開始日 期限日 "
        "予定時間 実績時間 親課題キー 登録日 更新者ID 更新者 更新日 回答日時 "
    )
    sheet.add(*names.split())
    sheet.add_cases(
        Case("CRE-1201", "明細の二枚目", *QUICK, who="瀬戸"),
        Case("CRE-1202", "兄弟の追加", "2026-11-06 18:00", "2026-11-11 18:01", who="髙橋"),
        Case("CRE-1203", "退会の取消", "2026-11-09 09:00", "2026-11-11 11:00", who="三崎"),
        Case("CRE-1204", "音声", "2026-11-20 11:30", "2026-11-25 17:00", who="瀬戸"),
        Case("CRE-1205", "合否の表示", "2026-11-27 16:00", "", who="髙橋"),
    )
    sheet.save_text("Backlog-Issues-20261201-0900.csv", encoding="cp932", quoting=csv.QUOTE_ALL)


def kintone() -> None:
    """Texts over several lines: a row's line is not its number."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        start, end = case.back[0] if case.back else ("", "")
        return [
            case.key, "森下", write(case.filed), case.who, "2026/12/01 09:00",
            "完了" if case.answered else "調査中", case.text, write(start), write(end),
            write(case.answered),
        ]  # fmt: skip

    sheet = Sheet(
        "kintone",
        line,
        roles={"key": ["A"], "filed": ["C"], "sent_back": ["H"], "resubmitted": ["I"],
               "answered": ["J"]},
    )  # fmt: skip
    sheet.add("レコード番号", "作成者", "作成日時", "更新者", "更新日時", "ステータス", "調査内容",
              "差戻し日時", "再提出日時", "回答日時")  # fmt: skip
    sheet.add_cases(
        Case("7", "一行だけ", "2026-11-02 10:32", "2026-11-06 18:00",
             (("2026-11-04 11:00", "2026-11-05 16:00"),), who="瀬戸"),
        Case("8", "お世話になります。\n\n昨日から入れません。\nお願いします。", "2026-11-05 17:59",
             "2026-11-09 18:00", who="髙橋"),
        Case("9", "「,」と \"引用\" のある\n内容", "2026-11-05 18:00", "2026-11-10 18:05",
             who="三崎"),
        Case("10", "写真のとおり", "2026-11-10 10:00", "", (("2026-11-11 09:00", ""),), who="瀬戸"),
        Case("11", "一行目\n二行目", "2026-11-26 13:00", "2026-11-30 10:00", who="髙橋"),
    )  # fmt: skip
    sheet.save_text("調査依頼アプリ.csv", encoding="utf-8-sig", quoting=csv.QUOTE_ALL, end="\n")


def redmine() -> None:
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [
            case.key, "CRE", "調査", "終了" if case.answered else "進行中", "通常", case.text,
            "森下", case.who, "2026/12/01 09:00", "2026/11/02", "2026/11/30", "0%",
            write(case.filed), write(case.answered), "いいえ",
        ]  # fmt: skip

    sheet = Sheet("redmine", line, roles={"key": ["A"], "filed": ["M"], "answered": ["N"]})
    sheet.add("#", "プロジェクト", "トラッカー", "ステータス", "優先度", "題名", "作成者", "担当者",
              "更新日", "開始日", "期日", "進捗率", "作成日", "終了日", "プライベート")  # fmt: skip
    sheet.add_cases(
        Case("4410", "権限の移し方", "2026-10-29 16:00", "2026-11-02 18:00", who="瀬戸"),
        Case("4411", "学校コード", "2026-10-30 18:00", "2026-11-05 18:00", who="髙橋"),
        Case("4415", "同じ先生が二人", "2026-11-04 08:30", "2026-11-06 18:01", who="三崎"),
        Case("4420", "名前の旧字", "2026-11-20 09:30", "2026-11-24 10:00", who="瀬戸"),
        Case("4433", "年度更新", "2026-11-30 17:00", "", who="髙橋"),
    )
    sheet.save_text("issues.csv", encoding="cp932", end="\n")


def github() -> None:
    """Moments in UTC: the day of the desk is another one."""

    def line(case: Case) -> list[Any]:
        return [
            case.key, case.text, "CLOSED" if case.answered else "OPEN", "morishita",
            "investigation,ios", utc(case.filed), utc(case.answered),
            "https://github.com/example/cre/issues/" + str(case.key),
        ]  # fmt: skip

    def utc(words: str) -> str:
        at = moment("Asia/Tokyo", words).astimezone(UTC) if words else None
        return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""

    sheet = Sheet("github", line, roles={"key": ["A"], "filed": ["F"], "answered": ["G"]})
    sheet.add("number", "title", "state", "author", "labels", "createdAt", "closedAt", "url")
    sheet.add_cases(
        Case("51", "Streak is 0", "2026-11-02 08:32:10", "2026-11-05 18:00:00"),
        Case("52", "Push missing", "2026-11-04 18:00:00", "2026-11-09 18:00:01"),
        Case("53", "名簿の読み込み", "2026-11-13 07:10:00", "2026-11-16 08:00:00"),
        Case("54", "Roster, again", "2026-11-19 23:30:00", "2026-11-25 17:30:00"),
        Case("55", "Sound", "2026-11-24 10:00:00", ""),
    )
    sheet.save_text("issues.csv", end="\n")


def servicenow() -> None:
    """Closed by itself a week after it was resolved: the answer is the resolution."""
    write = shown("%Y-%m-%d %H:%M:%S")

    def line(case: Case) -> list[Any]:
        closed = "2026-11-30 03:00:00" if case.answered else ""
        return [
            case.key, case.text, "Aoi Mori", "3 - Moderate", "Closed" if closed else "In Progress",
            "CRE", case.who, write(case.filed), write(case.answered), closed, "2026-12-01 09:00:00",
        ]  # fmt: skip

    sheet = Sheet(
        "servicenow",
        line,
        zone="America/New_York",
        roles={"key": ["A"], "filed": ["H"], "answered": ["I"]},
    )
    sheet.add("number", "short_description", "caller_id", "priority", "state", "assignment_group",
              "assigned_to", "opened_at", "resolved_at", "closed_at", "sys_updated_on")  # fmt: skip
    sheet.add_cases(
        Case("INC0010021", "VPN drops", "2026-10-30 17:59:59", "2026-11-03 18:00:00", who="Ravi"),
        Case("INC0010022", "Mail delay", "2026-11-02 18:00:00", "2026-11-05 18:00:01", who="Mia"),
        Case("INC0010023", "SSO loop", "2026-11-07 02:00:00", "2026-11-12 12:00:00", who="Ravi"),
        Case("INC0010024", "Report blank", "2026-11-16 10:10:10", "2026-11-18 17:00:00", who="Mia"),
        Case("INC0010025", "Old cache", "2026-11-24 09:00:00", "", who="Ravi"),
    )
    sheet.save_text("incident.csv", encoding="cp1252", quoting=csv.QUOTE_ALL)


def salesforce() -> None:
    """A report with its name on top and its notices below."""
    write = shown("~m/~d/%Y ~I:%M %p")

    def line(case: Case) -> list[Any]:
        return [
            case.key, "Hibari School", case.text, write(case.filed), write(case.answered),
            "Closed" if case.answered else "Working", case.who, "12.5",
        ]  # fmt: skip

    sheet = Sheet(
        "salesforce",
        line,
        zone="America/New_York",
        roles={"key": ["A"], "filed": ["D"], "answered": ["E"]},
    )
    sheet.add("Case Number", "Account Name", "Subject", "Date/Time Opened", "Date/Time Closed",
              "Status", "Case Owner", "Age (Hours)")  # fmt: skip
    sheet.add_cases(
        Case("00001087", "Grades missing", "2026-11-02 10:32", "2026-11-04 18:00", who="Mia Chen"),
        Case("00001088", "Cannot print", "2026-11-05 12:00", "2026-11-09 18:01", who="Ravi Rao"),
        Case("00001090", "Add a campus", "2026-11-10 18:30", "2026-11-16 17:00", who="Mia Chen"),
        Case("00001093", "Wrong tax", "2026-11-13 00:10", "2026-11-17 09:00", who="Ravi Rao"),
        Case("00001099", "Renewal", "2026-11-25 13:13", "", who="Mia Chen"),
    )
    sheet.add_left_out("Grand Totals (5 records)")
    sheet.add()
    sheet.add_left_out("Escalated cases, this quarter")
    sheet.add_left_out("Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.")
    sheet.add_left_out("Confidential Information - Do Not Distribute")
    sheet.add_left_out("Generated By:  Dana Wood  12/1/2026 9:00 AM")
    sheet.add_left_out("Hibari Learning Inc.")
    sheet.save_text("report1764579600.csv", encoding="cp1252", quoting=csv.QUOTE_ALL, end="\n")
