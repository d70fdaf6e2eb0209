"""Sheets kept by hand in Japanese teams."""

from copy import copy
from datetime import date, datetime, time
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill

from tests.importers.sheet_makers.business_days import Hours
from tests.importers.sheet_makers.writing import Case, Sheet, book_of, date_of, shown

GREY = PatternFill("solid", fgColor="FFD9D9D9")
TEAM = ("瀬戸", "髙橋", "三﨑")


def make() -> None:
    ledger_of_reiwa()
    states_and_send_backs()
    totals_notes_and_sections()
    no_year()
    half_width_katakana()
    second_column_onwards()
    no_key()
    key_repeated()
    three_tables_on_one_page()
    second_sheet_has_the_cases()
    unicode_text()
    days_only()


def ledger_of_reiwa() -> None:
    """Title rows, group headings over merged cells, 令和, and date and time apart under each."""

    def reiwa(words: str) -> tuple[str, str]:
        return shown("令和~R年~m月~d日")(words), shown("~H時%M分")(words)

    def line(case: Case) -> list[Any]:
        return [
            case.key, *reiwa(case.filed), "森下", case.text, case.who, *reiwa(case.answered),
            "仕様どおり" if case.answered else "",
        ]  # fmt: skip

    sheet = Sheet(
        "ledger_of_reiwa",
        line,
        hours=Hours("Asia/Tokyo", time(10), time(18), frozenset({date(2026, 11, 13)})),
        calendar="calendar.yaml",
        roles={"key": ["A"], "filed": ["B", "C"], "answered": ["G", "H"], "verdict": ["I"]},
    )
    sheet.add("調査依頼管理表（令和8年度下期）")
    sheet.add("作成: CRE グループ", None, None, None, None, None, "更新日: 令和8年12月1日")
    sheet.add()
    sheet.add("No.", "起票", None, None, "内容", "回答")
    sheet.add(None, "日付", "時刻", "起票者", "件名", "担当", "日付", "時刻", "判定")
    sheet.add_cases(
        Case("1", "連続記録が0日に戻った", "2026-11-02 10:32", "2026-11-05 18:00", who="瀬戸"),
        Case("2", "通知が届かない", "2026-11-02 18:00", "2026-11-06 18:01", who="髙橋"),
        Case("3", "名簿の取り込みで止まる", "2026-11-03 09:05", "2026-11-06 11:20", who="三﨑"),
        Case("4", "動画が途中で止まる", "2026-11-04 09:59", "2026-11-09 10:00", who="瀬戸"),
        Case("5", "決済が二重", "2026-11-11 16:45", "2026-11-16 17:59", who="髙橋"),
        Case("6", "退会後もメールが来る", "2026-11-12 12:00", "2026-11-17 18:00", who="三﨑"),
        Case("7", "成績が入れ替わる", "2026-11-19 17:30", "2026-11-25 09:00", who="瀬戸"),
        Case("8", "先生の権限", "2026-12-28 15:10", "", who="髙橋"),
    )
    book, page = book_of(sheet, "管理表")
    page["A1"].font = Font(bold=True, size=16)
    for cells in ("A1:I1", "A4:A5", "B4:D4", "F4:I4"):
        page.merge_cells(cells)
    for row in page["A4:I5"]:
        for cell in row:
            cell.fill, cell.alignment = copy(GREY), Alignment(horizontal="center")
    sheet.save_book("調査依頼管理表.xlsx", book)


def states_and_send_backs() -> None:
    """完了, 対応中 and 保留, sent back and asked again."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        state = (
            "完了" if case.answered else "保留" if case.back and not case.back[-1][1] else "対応中"
        )
        if case.withdrawn:
            state = "取下げ"
        start, end = case.back[0] if case.back else ("", "")
        return [
            case.key, state, write(case.filed), case.text, write(start), write(end),
            write(case.answered), write(case.withdrawn), "",
        ]  # fmt: skip

    sheet = Sheet(
        "states_and_send_backs",
        line,
        at="2026-11-26 12:00",
        roles={
            "key": ["A"], "filed": ["C"], "sent_back": ["E"], "resubmitted": ["F"],
            "answered": ["G"], "withdrawn": ["H"],
        },
    )  # fmt: skip
    sheet.add(
        "依頼番号",
        "状態",
        "依頼日",
        "依頼内容",
        "差し戻し日",
        "再依頼日",
        "回答日",
        "取下げ日",
        "備考",
    )
    sheet.add_cases(
        Case("IR-201", "ログインできない", "2026-11-02 10:32", "2026-11-06 17:10",
             (("2026-11-04 11:00", "2026-11-05 16:00"),)),
        Case("IR-202", "バッジがもらえない", "2026-11-09 10:00", "2026-11-11 18:00",
             (("2026-11-09 13:00", "2026-11-09 17:00"),)),
        Case("IR-203", "点数が違う", "2026-11-09 10:00", "2026-11-12 09:15",
             (("2026-11-10 13:00", "2026-11-10 18:00"),)),
        Case("IR-204", "点数が違う（弟）", "2026-11-09 10:00", "2026-11-12 09:15",
             (("2026-11-10 13:00", "2026-11-10 17:59"),)),
        Case("IR-205", "名前の変更", "2026-11-10 09:40", "",
             (("2026-11-11 10:00", ""),)),
        Case("IR-206", "音が出ない", "2026-11-12 18:20", "2026-11-17 16:00"),
        Case("IR-207", "解約したい", "2026-11-13 11:00", "", withdrawn="2026-11-16 10:00"),
        Case("IR-208", "印刷できない", "2026-11-20 09:00", ""),
        Case("IR-209", "写真が送れない", "2026-11-25 15:30", ""),
        Case("IR-210", "復習が出ない", "2026-11-19 17:00", "2026-11-26 10:00",
             (("2026-11-20 17:00", "2026-11-24 08:50"),)),
    )  # fmt: skip
    sheet.save_text("調査依頼.csv", encoding="cp932")


def totals_notes_and_sections() -> None:
    """A coloured row above each month, blank rows between, totals and notes below."""

    def line(case: Case) -> list[Any]:
        return [case.key, date_of(case.filed), case.text, case.who, date_of(case.answered)]

    sheet = Sheet(
        "totals_notes_and_sections",
        line,
        roles={"key": ["A"], "filed": ["B"], "answered": ["E"], "person": ["D"]},
    )
    sheet.add("調査番号", "受付日時", "件名", "担当者", "回答日時")
    sheet.add_left_out("■ 10月")
    sheet.add_cases(
        Case("T-01", "アプリが落ちる", "2026-10-08 13:00", "2026-10-13 09:30", who="瀬戸"),
        Case("T-02", "請求書の宛名", "2026-10-09 18:30", "2026-10-15 18:00", who="髙橋"),
        Case("T-03", "先生が追加できない", "2026-10-30 17:59", "2026-11-05 10:00", who="三﨑"),
    )
    sheet.add_left_out("小計", None, "3件")
    sheet.add()
    sheet.add_left_out("■ 11月")
    sheet.add_cases(
        Case("T-04", "宿題が消えた", "2026-11-02 18:00", "2026-11-04 12:00", who="瀬戸"),
        Case("T-05", "文字が読めない", "2026-11-12 08:12", "2026-11-16 18:00", who="三﨑"),
    )
    sheet.add()
    sheet.add_cases(
        Case("T-06", "CSV が開けない", "2026-11-19 16:40", "2026-11-24 18:00", who="髙橋"),
        Case("T-07", "学年が上がらない", "2026-11-21 09:00", "2026-11-27 09:00", who="瀬戸"),
    )
    sheet.add_left_out("小計", None, "4件")
    sheet.add_left_out("合計", None, "7件", None, "期限内 5件")
    sheet.add()
    sheet.add_left_out("※ 回答日時は CS へ返した時刻です。")
    sheet.add_left_out("※ 11月分は 2026/12/1 10:00 に締めました。")
    book, page = book_of(sheet, "下期")
    for row in sheet.left[:1] + sheet.left[2:3]:
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        page.cell(row, 1).fill = PatternFill("solid", fgColor="FFFFF2CC")
    for column in "BE":
        for cell in page[column]:
            cell.number_format = 'yyyy"年"m"月"d"日" h:mm'
    sheet.save_book("下期.xlsx", book)


def no_year() -> None:
    """Nobody writes the year; the last rows lie after New Year."""
    write = shown("~m/~d ~H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), write(case.answered), case.text, case.who]

    sheet = Sheet(
        "no_year",
        line,
        answers={"zone": "Asia/Tokyo", "year": "2026"},
        asked_without_answers=["year"],
        roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
    )
    sheet.add("番号", "依頼", "回答", "内容", "担当")
    sheet.add_cases(
        Case("31", "メールが二通来る", "2026-11-02 10:32", "2026-11-05 18:01", who="瀬戸"),
        Case("32", "履歴が見えない", "2026-11-12 08:12", "2026-11-16 09:00"),
        Case("33", "退会の取消", "2026-11-30 17:58", "2026-12-02 18:00"),
        Case("34", "兄弟の追加", "2026-12-11 19:40", "2026-12-16 17:00"),
        Case("35", "端末の変更", "2026-12-28 09:00", "2026-12-30 18:00"),
        Case("36", "冬期講習の日程", "2026-12-30 15:00", "2027-01-04 17:20"),
        Case("37", "答案が白い", "2026-12-31 18:30", "2027-01-06 18:00"),
        Case("38", "音声が出ない", "2027-01-05 11:11", "2027-01-07 18:05"),
    )
    sheet.save_text("依頼一覧.csv", encoding="utf-8-sig")


def half_width_katakana() -> None:
    """From an office computer: headers in half-width katakana, dates of eight digits."""
    write = shown("%Y%m%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), case.who, case.text, write(case.answered)]

    sheet = Sheet(
        "half_width_katakana",
        line,
        roles={"key": ["A"], "filed": ["B"], "person": ["C"], "answered": ["E"]},
    )
    sheet.add("ｶﾝﾘﾊﾞﾝｺﾞｳ", "ｳｹﾂｹﾆﾁｼﾞ", "ﾀﾝﾄｳｼｬ", "ｹﾝﾒｲ", "ｶｲﾄｳﾆﾁｼﾞ")
    sheet.add_cases(
        Case("000118", "ｱﾌﾟﾘｶﾞ ﾋﾗｶﾅｲ", "2026-10-14 09:00", "2026-10-16 18:00", who="ｾﾄ"),
        Case("000119", "ｹｯｻｲ ｴﾗｰ", "2026-10-14 18:00", "2026-10-19 18:01", who="ﾀｶﾊｼ"),
        Case("000120", "ﾂｳﾁ ﾅｼ", "2026-10-16 17:59", "2026-10-20 10:00", who="ﾐｻｷ"),
        Case("000121", "ﾄﾞｳｶﾞ ﾃｲｼ", "2026-10-30 12:00", "2026-11-05 09:00", who="ｾﾄ"),
        Case("000122", "ﾀｲｶｲ", "2026-11-01 12:00", "2026-11-05 17:59", who="ﾀｶﾊｼ"),
        Case("000123", "ﾒｲﾎﾞ", "2026-11-20 12:30", "", who="ﾐｻｷ"),
    )
    sheet.save_text("ｲﾗｲ.csv", encoding="cp932")


def second_column_onwards() -> None:
    """The table begins in column B, under an empty row and a name."""

    def line(case: Case) -> list[Any]:
        return [None, case.key, case.text, date_of(case.filed), case.who, date_of(case.answered)]

    sheet = Sheet(
        "second_column_onwards",
        line,
        roles={"key": ["B"], "filed": ["D"], "person": ["E"], "answered": ["F"]},
    )
    sheet.add()
    sheet.add(None, "CS → CRE 問い合わせ調査")
    sheet.add(None, "ID", "件名", "起票日時", "調査担当", "回答日時")
    sheet.add_cases(
        Case("CRE-41", "順位が出ない", "2026-11-16 10:00", "2026-11-18 17:30", who="瀬戸"),
        Case("CRE-42", "印刷が切れる", "2026-11-17 17:59", "2026-11-19 18:00", who="髙橋"),
        Case("CRE-43", "画像が横向き", "2026-11-18 20:15", "2026-11-24 18:00", who="三﨑"),
        Case("CRE-44", "採点が遅い", "2026-11-20 13:45", "2026-11-25 18:30", who="瀬戸"),
        Case("CRE-45", "解説がない", "2026-11-22 07:00", "2026-11-24 10:00", who="髙橋"),
        Case("CRE-46", "退会した子", "2026-11-24 09:00", "2026-11-26 12:00", who="三﨑"),
    )
    book, page = book_of(sheet, "11月")
    page.column_dimensions["A"].width = 2
    for column in "DF":
        for cell in page[column]:
            cell.number_format = "m/d h:mm"  # the year is in the cell, not on the screen
    sheet.save_book("調査.xlsx", book)


def no_key() -> None:
    """Nothing names a case; two have the same title."""
    write = shown("%Y-%m-%d %H:%M:%S")

    def line(case: Case) -> list[Any]:
        return [write(case.filed), case.text, write(case.answered), "済" if case.answered else "未"]

    sheet = Sheet("no_key", line, roles={"filed": ["A"], "answered": ["C"]})
    sheet.add("受付日時", "内容", "回答日時", "済")
    sheet.add_cases(
        Case(None, "ログインできない", "2026-10-05 09:12:40", "2026-10-06 11:00:00"),
        Case(None, "ログインできない", "2026-10-05 09:13:05", "2026-10-08 10:00:00"),
        Case(None, "通知が来ない", "2026-10-07 18:00:00", "2026-10-13 18:00:00"),
        Case(None, "先生用画面", "2026-10-09 17:59:59", "2026-10-14 18:00:00"),
        Case(None, "課金の確認", "2026-10-10 08:00:00", "2026-10-15 18:00:01"),
        Case(None, "住所の変更", "2026-10-22 13:30:00", ""),
    )
    sheet.save_text("uketsuke.csv")


def key_repeated() -> None:
    """One row stands twice, and one number was given to two cases."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), case.text, write(case.answered)]

    sheet = Sheet("key_repeated", line, roles={"key": ["A"], "filed": ["B"], "answered": ["D"]})
    twice = Case("Q-103", "点数が違う", "2026-11-05 11:00", "2026-11-09 16:00")
    sheet.add("問合せ番号", "起票日時", "件名", "回答日時")
    sheet.add_cases(
        Case("Q-101", "名前の変更", "2026-11-04 10:00", "2026-11-06 09:00"),
        Case("Q-102", "写真が送れない", "2026-11-04 18:10", "2026-11-09 18:00"),
        twice,
        Case("Q-104", "音が出ない", "2026-11-06 13:00", "2026-11-10 18:20"),
    )
    sheet.mentioned.append(sheet.add(*line(twice)))
    sheet.mentioned.append(
        sheet.add(*line(Case("Q-104", "復習が出ない", "2026-11-10 09:30", "2026-11-11 10:00")))
    )
    sheet.add_cases(Case("Q-105", "印刷できない", "2026-11-11 15:00", "2026-11-13 12:00"))
    sheet.save_text("問合せ.csv")


def three_tables_on_one_page() -> None:
    """Counts above, cases in the middle, people below, holidays at the side."""

    def line(case: Case) -> list[Any]:
        return [case.key, case.text, date_of(case.filed), date_of(case.answered), case.who]

    sheet = Sheet(
        "three_tables_on_one_page",
        line,
        roles={"key": ["A"], "filed": ["C"], "answered": ["D"]},
    )
    sheet.add("状況", "件数", None, None, None, None, "休業日")
    sheet.add("回答済", 5, None, None, None, None, datetime(2026, 11, 3))
    sheet.add("対応中", 1, None, None, None, None, datetime(2026, 11, 23))
    sheet.add()
    sheet.add("調査案件")
    sheet.add("案件番号", "件名", "起票日時", "回答日時", "担当")
    sheet.add_cases(
        Case("K-1", "帳票が出ない", "2026-11-04 09:30", "2026-11-06 18:00", who="瀬戸"),
        Case("K-2", "学年の誤り", "2026-11-05 18:05", "2026-11-10 18:10", who="髙橋"),
        Case("K-3", "招待が届かない", "2026-11-06 16:20", "2026-11-09 09:10", who="三﨑"),
        Case("K-4", "合計が違う", "2026-11-20 10:10", "2026-11-25 17:00", who="瀬戸"),
        Case("K-5", "色が見にくい", "2026-11-23 10:00", "2026-11-26 18:00", who="髙橋"),
        Case("K-6", "検索できない", "2026-11-30 11:00", "", who="三﨑"),
    )
    sheet.add()
    sheet.add()
    sheet.add_left_out("連絡先")
    sheet.add_left_out("氏名", "内線", "着任日")
    for name, number, since in zip(TEAM, (2101, 2102, 2103), (2019, 2022, 2025), strict=True):
        sheet.add_left_out(name, number, datetime(since, 4, 1))
    book, page = book_of(sheet, "Sheet1")
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, datetime):
                cell.number_format = "yyyy/mm/dd hh:mm"
    sheet.save_book("案件.xlsx", book)


def second_sheet_has_the_cases() -> None:
    """The first page has counts by month, the second the cases."""

    def line(case: Case) -> list[Any]:
        return [case.key, date_of(case.filed), date_of(case.answered), case.text]

    sheet = Sheet(
        "second_sheet_has_the_cases",
        line,
        roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
    )
    sheet.add("受付番号", "受付日", "回答日", "件名")
    sheet.add_cases(
        Case("2026-0901", "並び順", "2026-09-18 12:00", "2026-09-25 18:00"),
        Case("2026-0902", "文字化け", "2026-09-21 09:00", "2026-09-28 18:01"),
        Case("2026-1001", "再送の依頼", "2026-10-09 09:00", "2026-10-14 18:00"),
        Case("2026-1002", "ＯＳの更新", "2026-10-12 15:00", "2026-10-14 09:00"),
        Case("2026-1101", "退会の理由", "2026-11-02 17:00", "2026-11-06 17:00"),
        Case("2026-1102", "二重登録", "2026-11-24 18:00", ""),
    )
    book, page = book_of(sheet, "案件一覧")
    for column in "BC":
        for cell in page[column]:
            cell.number_format = "yyyy/m/d h:mm"
    counts = book.create_sheet("集計", 0)
    for row in (
        ("月", "受付", "回答", "期限内"),
        ("9月", 2, 2, 1),
        ("10月", 2, 2, 2),
        ("11月", 2, 1, 0),
    ):
        counts.append(row)
    sheet.save_book("月次.xlsx", book)


def unicode_text() -> None:
    """What Excel calls Unicode text: UTF-16, tabs."""
    write = shown("%Y/~m/~d ~H:%M")

    def line(case: Case) -> list[Any]:
        return [write(case.filed), case.key, case.text, write(case.answered), case.who]

    sheet = Sheet(
        "unicode_text",
        line,
        roles={"filed": ["A"], "key": ["B"], "answered": ["D"], "person": ["E"]},
    )
    sheet.add("エスカレーション日時", "問い合わせID", "概要", "CSへの回答日時", "CRE担当")
    sheet.add_cases(
        Case(
            "ZD-51302",
            "毎月の明細\n二枚目が白い",
            "2026-11-09 09:00",
            "2026-11-11 18:00",
            who="瀬戸",
        ),
        Case("ZD-51311", "計算が合わない", "2026-11-10 18:01", "2026-11-16 09:00", who="髙橋"),
        Case("ZD-51340", "「保存」が押せない", "2026-11-13 17:00", "2026-11-17 16:59", who="三﨑"),
        Case("ZD-51377", '引用符 " のある件名', "2026-11-18 08:00", "2026-11-20 18:01", who="瀬戸"),
        Case("ZD-51402", "連携が切れる", "2026-11-28 10:00", "2026-12-02 18:00", who="髙橋"),
    )
    sheet.save_text("エスカレーション.txt", encoding="utf-16", delimiter="\t")


def days_only() -> None:
    """Days without times, in a sheet that is otherwise in order; one day does not exist."""
    write = shown("%Y.%m.%d")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), write(case.answered) or "-", case.text]

    def impossible(case: Case) -> list[Any]:
        return [case.key, write(case.filed), "2026.11.31", case.text]

    sheet = Sheet(
        "days_only",
        line,
        at="2026-12-15 12:00",
        roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
    )
    sheet.add("整理番号", "調査依頼日", "調査回答日", "調査内容")
    sheet.add_cases(
        Case("あ-01", "合否の表示", "2026-11-02", "2026-11-05"),
        Case("あ-02", "志望校の変更", "2026-11-03", "2026-11-09"),
        Case("あ-03", "模試の申込", "2026-11-12", "2026-11-13"),
    )
    sheet.line = impossible
    sheet.add_set_aside(Case("あ-04", "答案の返却", "2026-11-19"), "answered")
    sheet.line = line
    sheet.add_cases(
        Case("あ-05", "偏差値", "2026-11-20", "2026-11-25"),
        Case("あ-06", "送料", "2026-11-27", ""),
        Case("あ-07", "面談の予約", "2026-12-14", ""),
    )
    sheet.save_text("chousa.csv", encoding="shift_jis")
