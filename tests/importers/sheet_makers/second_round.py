"""A second round, made after the first was read right: other tools, other hands."""

import csv
from datetime import UTC, datetime, time
from typing import Any

from openpyxl.styles import Alignment

from tests.importers.sheet_makers.business_days import moment
from tests.importers.sheet_makers.writing import Case, Sheet, book_of, date_of, shown

TOKYO, NEW_YORK, BERLIN = "Asia/Tokyo", "America/New_York", "Europe/Berlin"
SLASHED = shown("%Y/%m/%d %H:%M")
USUAL = (
    Case("A-1", "明細の二枚目", "2026-11-02 10:32", "2026-11-05 18:00", who="瀬戸"),
    Case("A-2", "兄弟の追加", "2026-11-06 18:00", "2026-11-11 18:01", who="髙橋"),
    Case("A-3", "退会の取消", "2026-11-13 09:00", "2026-11-13 11:00", who="三﨑"),
    Case("A-4", "音声", "2026-11-20 11:30", "2026-11-25 17:00", who="瀬戸"),
    Case("A-5", "合否の表示", "2026-11-27 16:00", "", who="髙橋"),
)


def make() -> None:
    weekdays_in_dates()
    years_of_two_digits()
    full_width_digits()
    every_row_another_way()
    noon_in_kanji()
    deadline_and_last_change()
    answer_before_question()
    headings_of_two_lines()
    days_merged_downwards()
    header_on_every_page()
    newest_first_with_sep_line()
    keys_as_formulas()
    tabs_in_a_csv()
    epoch_milliseconds()
    zendesk_view_japanese()
    salesforce_japanese()
    notion()
    airtable()
    asana()
    mail_dates()
    months_in_two_sheets()
    french()


def plain(name: str, write: Any, **stated: Any) -> Sheet:
    """Begin a sheet of key, title, filed, who, answered, with dates written in a way of its own."""

    def line(case: Case) -> list[Any]:
        return [case.key, case.text, write(case.filed), case.who, write(case.answered)]

    roles = {"key": ["A"], "filed": ["C"], "answered": ["E"]}
    return Sheet(name, line, **{"roles": roles, **stated})


def weekdays_in_dates() -> None:
    def write(words: str) -> str:
        if not words:
            return ""
        day = "月火水木金土日"[datetime.fromisoformat(words).weekday()]
        return shown(f"%Y/%m/%d({day}) ~H:%M")(words)

    sheet = plain("weekdays_in_dates", write)
    sheet.add("案件ID", "案件名", "起票日時", "担当者", "回答日時")
    sheet.add_cases(*USUAL)
    sheet.save_text("anken.csv", encoding="cp932")


def years_of_two_digits() -> None:
    """26/11/02 is 2 November 2026: all of them begin with 26, and the last field goes to 30."""
    sheet = plain("years_of_two_digits", shown("%y/%m/%d %H:%M"))
    sheet.add("番号", "タイトル", "依頼日時", "担当", "回答日時")
    sheet.add_cases(*USUAL, Case("A-6", "宛名", "2026-11-30 10:00", "2026-12-02 18:00"))
    sheet.save_text("nijuuroku.csv")


def full_width_digits() -> None:
    wide = str.maketrans("0123456789/: ", "０１２３４５６７８９／：　")

    def write(words: str) -> str:
        return shown("%Y/~m/~d ~H:%M")(words).translate(wide)

    sheet = plain("full_width_digits", write)
    sheet.add("Ｎｏ．", "件　名", "受　付　日　時", "担　当", "回　答　日　時")
    sheet.add_cases(*USUAL)
    sheet.save_text("zenkaku.csv", encoding="cp932")


def every_row_another_way() -> None:
    """Five people, five ways."""
    ways = iter(
        2 * way
        for way in (
            ("%Y/%m/%d %H:%M",), ("%Y年~m月~d日 ~H時%M分",), ("令和~R年~m月~d日 ~H:%M",),
            ("R~R.~m.~d ~H:%M",), ("%Y-%m-%dT%H:%M:%S",),
        )
    )  # fmt: skip

    def line(case: Case) -> list[Any]:
        first, second = next(ways)
        return [
            case.key, case.text, shown(first)(case.filed), case.who, shown(second)(case.answered),
        ]  # fmt: skip

    sheet = Sheet(
        "every_row_another_way",
        line,
        roles={"key": ["A"], "filed": ["C"], "answered": ["E"]},
    )
    sheet.add("調査No", "内容", "起票", "調査者", "CSへ回答")
    sheet.add_cases(*USUAL)
    sheet.save_text("mazari.csv")


def noon_in_kanji() -> None:
    """午前 and 午後 before the hour; half past noon is 午後0時30分."""

    def write(words: str) -> str:
        if not words:
            return ""
        at = datetime.fromisoformat(words)
        half = "午前" if at.hour < 12 else "午後"
        return f"{at.year}年{at.month}月{at.day}日 {half}{at.hour % 12}時{at.minute:02}分"

    sheet = plain("noon_in_kanji", write)
    sheet.add("受付No", "件名", "受付日時", "担当", "完了日時")
    sheet.add_cases(*USUAL, Case("A-6", "昼休み", "2026-11-30 12:30", "2026-12-02 00:10"))
    sheet.save_text("gozen.csv")


def deadline_and_last_change() -> None:
    """Neither the team's own deadline nor the last change is the answer."""

    def line(case: Case) -> list[Any]:
        return [
            case.key, SLASHED(case.filed), "2026/11/30 18:00", "2026/11/30 09:00", case.text,
            SLASHED(case.answered), "2026/12/01 10:00", case.who,
        ]  # fmt: skip

    sheet = Sheet(
        "deadline_and_last_change",
        line,
        roles={"key": ["A"], "filed": ["B"], "answered": ["F"]},
    )
    sheet.add(
        "依頼No", "依頼日時", "回答期限", "希望日時", "依頼内容", "回答日時", "最終更新日時", "担当"
    )
    sheet.add_cases(*USUAL)
    sheet.save_text("kigen.csv", encoding="utf-8-sig")


def answer_before_question() -> None:
    """The answer's column stands left of the question's."""

    def line(case: Case) -> list[Any]:
        done = "☑" if case.answered else "☐"
        return [done, date_of(case.answered), case.who, case.text, date_of(case.filed), case.key]

    sheet = Sheet(
        "answer_before_question",
        line,
        roles={"key": ["F"], "filed": ["E"], "answered": ["B"]},
    )
    sheet.add("Done", "Answered on", "Owner", "Question", "Asked on", "Ref")
    sheet.add_cases(*USUAL)
    book, _ = book_of(sheet, "Questions")
    sheet.save_book("questions.xlsx", book)


def headings_of_two_lines() -> None:
    """Line breaks within headings, a filter, frozen panes, a hidden column."""

    def line(case: Case) -> list[Any]:
        return [
            case.key,
            "社外秘",
            date_of(case.filed),
            case.text,
            case.who,
            date_of(case.answered),
        ]

    sheet = Sheet(
        "headings_of_two_lines",
        line,
        roles={"key": ["A"], "filed": ["C"], "answered": ["F"]},
    )
    sheet.add("管理\n番号", "区分", "起票\n日時", "件名\n（30字以内）", "調査\n担当", "回答\n日時")
    sheet.add_cases(*USUAL)
    book, page = book_of(sheet, "一覧")
    for cell in page[1]:
        cell.alignment = Alignment(wrap_text=True)
    page.auto_filter.ref = f"A1:F{page.max_row}"
    page.freeze_panes = "B2"
    page.column_dimensions["B"].hidden = True
    sheet.save_book("一覧.xlsx", book)


def days_merged_downwards() -> None:
    """One cell for the day, over all rows of that day; the time stands in each."""
    last = ""

    def line(case: Case) -> list[Any]:
        nonlocal last
        at = datetime.fromisoformat(case.filed)
        day = "" if case.filed[:10] == last else datetime.combine(at, time())
        last = case.filed[:10]
        return [day, at.time(), case.key, case.text, date_of(case.answered)]

    sheet = Sheet(
        "days_merged_downwards",
        line,
        roles={"filed": ["A", "B"], "key": ["C"], "answered": ["E"]},
    )
    sheet.add("受付日", "受付時刻", "番号", "件名", "回答日時")
    sheet.add_cases(
        Case("1", "宛名", "2026-11-09 09:10", "2026-11-11 18:00"),
        Case("2", "音", "2026-11-09 13:20", "2026-11-12 09:00"),
        Case("3", "色", "2026-11-09 18:00", "2026-11-12 17:00"),
        Case("4", "速さ", "2026-11-10 10:00", "2026-11-12 18:00"),
        Case("5", "表", "2026-11-19 11:00", "2026-11-24 18:01"),
        Case("6", "図", "2026-11-19 15:00", ""),
    )
    book, page = book_of(sheet, "日報")
    page.merge_cells("A2:A4")
    page.merge_cells("A6:A7")
    for row in page.iter_rows(min_row=2):
        row[0].number_format, row[1].number_format = "yyyy/m/d", "h:mm"
        row[4].number_format = "yyyy/m/d h:mm"
    sheet.save_book("日報.xlsx", book)


def header_on_every_page() -> None:
    """Printed and read back: the header stands once more in the middle, with a page's number."""
    sheet = plain("header_on_every_page", SLASHED)
    header = ("受付番号", "件名", "受付日時", "担当者", "回答日時")
    sheet.add(*header)
    sheet.add_cases(*USUAL[:3])
    sheet.add_left_out("- 1 -")
    sheet.add_left_out(*header)
    sheet.add_cases(*USUAL[3:])
    sheet.add_left_out("- 2 -")
    sheet.save_text("insatsu.csv", encoding="cp932")


def newest_first_with_sep_line() -> None:
    """Excel's own first line, semicolons, and the newest case on top."""
    sheet = plain(
        "newest_first_with_sep_line",
        shown("%d.%m.%y %H:%M"),
        zone=BERLIN,
    )
    sheet.add("sep=;")
    sheet.add("Ticket ID", "Title", "Created", "Assignee", "Resolved")
    sheet.add_cases(
        Case("T5", "Invoice", "2026-11-27 16:00", "", who="Änne"),
        Case("T4", "No sound", "2026-11-20 18:00", "2026-11-24 18:01", who="Jörg"),
        Case("T3", "Two accounts", "2026-11-13 09:00", "2026-11-17 18:00", who="Änne"),
        Case("T2", "Password", "2026-11-06 17:59", "2026-11-10 11:00", who="Jörg"),
        Case("T1", "Wrong sum", "2026-10-23 10:32", "2026-10-27 18:30", who="Änne"),
    )
    sheet.save_text("export.csv", encoding="utf-8-sig", delimiter=";")


def keys_as_formulas() -> None:
    """Numbers kept as text by a trick of Excel: ="000123"."""

    def line(case: Case) -> list[Any]:
        return [f'="{case.key}"', case.text, SLASHED(case.filed), SLASHED(case.answered)]

    sheet = Sheet(
        "keys_as_formulas",
        line,
        roles={"key": ["A"], "filed": ["C"], "answered": ["D"]},
    )
    sheet.add("受付コード", "件名", "受付日時", "回答日時")
    for number, case in enumerate(USUAL, 1):
        sheet.add_cases(case._replace(key=f"00{number:04}"))
    sheet.save_text("code.csv", encoding="cp932")


def tabs_in_a_csv() -> None:
    """Pasted from a browser: tabs, in a file that says it has commas; empty columns at the end."""

    def line(case: Case) -> list[Any]:
        return [case.key, case.text, shown("%-m/%-d/%Y %H:%M")(case.filed),
                shown("%-m/%-d/%Y %H:%M")(case.answered), "", ""]  # fmt: skip

    sheet = Sheet(
        "tabs_in_a_csv",
        line,
        zone=NEW_YORK,
        roles={"key": ["A"], "filed": ["C"], "answered": ["D"]},
    )
    sheet.add("Case #", "Description, short", "Received", "Replied", "", "")
    sheet.add_cases(
        Case("7", "Cannot print, at all", "2026-11-02 10:32", "2026-11-04 18:00"),
        Case("8", "Wrong tax", "2026-11-13 18:00", "2026-11-18 18:01"),
        Case("9", "Renewal", "2026-11-24 09:00", "2026-11-27 09:00"),
        Case("10", "Campus", "2026-12-24 12:00", ""),
    )
    sheet.save_text("pasted.csv", delimiter="\t", end="\n")


def epoch_milliseconds() -> None:
    def write(words: str) -> str:
        return f"{moment(TOKYO, words).timestamp() * 1000:.0f}" if words else ""

    sheet = plain("epoch_milliseconds", write)
    sheet.add("id", "title", "created_at", "assignee", "answered_at")
    sheet.add_cases(*USUAL)
    sheet.save_text("dump.csv", end="\n")


def zendesk_view_japanese() -> None:
    def line(case: Case) -> list[Any]:
        return [
            case.key, case.text, "森下", SLASHED(case.filed), "2026/12/01 09:00", case.who, "CRE",
            "解決済み" if case.answered else "オープン", SLASHED(case.answered),
        ]  # fmt: skip

    sheet = Sheet(
        "zendesk_view_japanese",
        line,
        roles={"key": ["A"], "filed": ["D"], "answered": ["I"]},
    )
    sheet.add("ID", "件名", "リクエスタ", "リクエスト日時", "更新日時", "担当者", "グループ",
              "ステータス", "解決日時")  # fmt: skip
    sheet.add_cases(*(case._replace(key=f"5{n}302") for n, case in enumerate(USUAL)))
    sheet.save_text("view.csv", quoting=csv.QUOTE_ALL, end="\n")


def salesforce_japanese() -> None:
    def line(case: Case) -> list[Any]:
        return [
            case.key, "ひばり台小学校", case.text, SLASHED(case.filed), SLASHED(case.answered),
            "クローズ" if case.answered else "対応中", case.who,
        ]  # fmt: skip

    sheet = Sheet(
        "salesforce_japanese",
        line,
        roles={"key": ["A"], "filed": ["D"], "answered": ["E"]},
    )
    sheet.add("ケース番号", "取引先名", "件名", "作成日時", "クローズ日時", "状況", "ケース 所有者")
    sheet.add_cases(*(case._replace(key=f"0000{n}087") for n, case in enumerate(USUAL)))
    sheet.add_left_out("総計 (5 件)")
    sheet.add()
    sheet.add_left_out("Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.")
    sheet.add_left_out("社外秘情報 - 配布禁止")
    sheet.add_left_out("作成者: 田中 花子 2026/12/01 9:00")
    sheet.save_text("report.csv", encoding="cp932", quoting=csv.QUOTE_ALL)


def notion() -> None:
    write = shown("%B ~d, %Y ~I:%M %p")

    def line(case: Case) -> list[Any]:
        return [case.text, write(case.filed), write(case.answered), "billing, ios", case.key]

    sheet = Sheet("notion", line, roles={"filed": ["B"], "answered": ["C"], "key": ["E"]})
    sheet.add("Name", "Created time", "Answered", "Tags", "ID")
    sheet.add_cases(*USUAL)
    sheet.save_text("Investigations 1f0c.csv", encoding="utf-8-sig", end="\n")


def airtable() -> None:
    """Small am and pm without a space, and a checkbox."""

    def write(words: str) -> str:
        return shown("~m/~d/%Y ~I:%M%p")(words).lower()

    def line(case: Case) -> list[Any]:
        return [case.text, write(case.filed), case.who, "checked" if case.answered else "",
                write(case.answered)]  # fmt: skip

    sheet = Sheet(
        "airtable",
        line,
        zone=NEW_YORK,
        roles={"filed": ["B"], "answered": ["E"]},
    )
    sheet.add("Title", "Submitted", "Investigator", "Closed", "Closed at")
    sheet.add_cases(
        Case(None, "Streak", "2026-11-02 00:10", "2026-11-04 18:00"),
        Case(None, "Push", "2026-11-06 12:30", "2026-11-10 18:01"),
        Case(None, "Roster", "2026-11-13 17:59", "2026-11-17 09:00"),
        Case(None, "Badge", "2026-11-25 18:00", "2026-12-01 17:00"),
    )
    sheet.save_text("Grid view.csv", encoding="utf-8-sig", end="\n")


def asana() -> None:
    """Days alone, a due date of Asana's own, and a column of sections."""
    write = shown("%Y-%m-%d")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), write(case.answered), "2026-12-01", case.text,
                "Inbox", case.who, "2026-11-30"]  # fmt: skip

    sheet = Sheet(
        "asana",
        line,
        at="2026-12-15 12:00",
        roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
    )
    sheet.add("Task ID", "Created At", "Completed At", "Last Modified", "Name", "Section/Column",
              "Assignee", "Due Date")  # fmt: skip
    sheet.add_cases(
        Case("12081", "Streak", "2026-11-02", "2026-11-05", who="Seto"),
        Case("12082", "Push", "2026-11-06", "2026-11-11", who="Misaki"),
        Case("12083", "Roster", "2026-11-20", "2026-11-24", who="Seto"),
        Case("12084", "Badge", "2026-11-27", "", who="Misaki"),
    )
    sheet.save_text("CRE_intake.csv", end="\n")


def mail_dates() -> None:
    """Dates as mail writes them, with an offset that is not the desk's."""

    def write(words: str) -> str:
        at = moment(TOKYO, words).astimezone(UTC) if words else None
        return f"{at:%a, %d %b %Y %H:%M:%S} +0000" if at else ""

    sheet = plain("mail_dates", write)
    sheet.add("Message no", "Subject", "Date received", "Handled by", "Date replied")
    sheet.add_cases(*USUAL)
    sheet.save_text("mailbox.csv", quoting=csv.QUOTE_ALL, end="\n")


def months_in_two_sheets() -> None:
    """A page for each month: which is meant, only a person can say."""

    def line(case: Case) -> list[Any]:
        return [case.key, date_of(case.filed), case.text, date_of(case.answered)]

    sheet = Sheet(
        "months_in_two_sheets",
        line,
        answers={"zone": TOKYO, "table": "11月"},
        asked_without_answers=["table"],
        roles={"key": ["A"], "filed": ["B"], "answered": ["D"]},
    )
    sheet.add("番号", "依頼日時", "件名", "回答日時")
    sheet.add_cases(*USUAL)
    book, _ = book_of(sheet, "11月")
    october = book.create_sheet("10月", 0)
    october.append(["番号", "依頼日時", "件名", "回答日時"])
    for day in range(5, 9):
        asked, answered = datetime(2026, 10, day, 10), datetime(2026, 10, day, 16)
        october.append([f"Z-{day}", asked, "十月分", answered])
    sheet.save_book("月別.xlsx", book)


def french() -> None:
    """Words it was never taught: the person says which columns are meant, dates need no help."""
    write = shown("%d/%m/%Y à %Hh%M")

    def line(case: Case) -> list[Any]:
        return [case.key, case.text, write(case.filed), write(case.answered)]

    sheet = Sheet(
        "french",
        line,
        zone=BERLIN,
        answers={"zone": BERLIN, "key": "A", "filed": "C", "answered": "D"},
    )
    sheet.add("Dossier", "Objet", "Date d'ouverture", "Date de réponse")
    sheet.add_cases(
        Case("D-1", "Facture erronée", "2026-11-12 10:32", "2026-11-16 18:00"),
        Case("D-2", "Mot de passe", "2026-11-13 18:00", "2026-11-18 18:01"),
        Case("D-3", "Élève absent", "2026-11-20 09:00", ""),
    )
    sheet.save_text("dossiers.csv", encoding="utf-8-sig", delimiter=";")
