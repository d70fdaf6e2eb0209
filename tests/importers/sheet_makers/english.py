"""Sheets kept by hand elsewhere: other orders of day and month, other clocks, bare numbers."""

from datetime import datetime
from typing import Any

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from tests.importers.sheet_makers.writing import Case, Sheet, book_of, date_of, shown

NEW_YORK, LONDON, BERLIN = "America/New_York", "Europe/London", "Europe/Berlin"


def make() -> None:
    month_first_tracker()
    date_and_time_apart()
    ambiguous_days()
    german_semicolons()
    serials_of_1900()
    serials_of_1904()
    message_for_each_step()


def month_first_tracker() -> None:
    """A workbook of text: month first, AM and PM, a total in the last row."""
    write = shown("~m/~d/%Y ~I:%M %p")

    def line(case: Case) -> list[Any]:
        return [
            case.key, case.text, write(case.filed), "Dana", case.who, write(case.answered),
            "Closed" if case.answered else "In progress",
        ]  # fmt: skip

    sheet = Sheet(
        "month_first_tracker",
        line,
        zone=NEW_YORK,
        roles={"key": ["A"], "filed": ["C"], "answered": ["F"]},
    )
    sheet.add("Escalation tracker FY26 Q4")
    sheet.add("Ref #", "Title", "Raised", "Raised by", "Engineer", "Answered", "Status")
    sheet.add_cases(
        Case("ESC-12", "Streak reset", "2026-10-30 16:45", "2026-11-03 18:00", who="Ravi"),
        Case("ESC-13", "No push on iPad", "2026-11-02 00:05", "2026-11-04 12:15", who="Mia"),
        Case("ESC-14", "Roster upload", "2026-11-06 12:05", "2026-11-10 18:01", who="Ravi"),
        Case("ESC-15", "Double charge", "2026-11-09 18:00", "2026-11-13 17:59", who="Mia"),
        Case("ESC-16", "Badge missing", "2026-11-10 09:00", "2026-11-13 09:00", who="Ravi"),
        Case("ESC-17", "Video stalls", "2026-11-24 17:10", "2026-11-27 18:00", who="Mia"),
        Case("ESC-18", "Printing", "2026-12-24 11:00", "", who="Ravi"),
    )
    sheet.add_left_out("Total", "7 cases", None, None, None, "6 answered")
    book, _ = book_of(sheet, "Q4")
    sheet.save_book("escalations.xlsx", book)


def date_and_time_apart() -> None:
    """Date and time in two columns each, as Excel dates and Excel times."""

    def apart(words: str) -> list[Any]:
        at = date_of(words)
        return [at.date(), at.time()] if isinstance(at, datetime) else [None, None]

    def line(case: Case) -> list[Any]:
        return [*apart(case.filed), case.key, case.text, *apart(case.answered)]

    sheet = Sheet(
        "date_and_time_apart",
        line,
        zone=LONDON,
        roles={"filed": ["A", "B"], "key": ["C"], "answered": ["E", "F"]},
    )
    sheet.add("Date in", "Time in", "Case", "Question", "Date out", "Time out")
    sheet.add_cases(
        Case("C7001", "Wrong invoice", "2026-10-22 17:59", "2026-10-26 18:00"),
        Case("C7002", "Cannot log in", "2026-10-23 18:00", "2026-10-28 17:30"),
        Case("C7003", "Sync stuck", "2026-10-24 12:00", "2026-10-28 18:30"),
        Case("C7004", "Lost homework", "2026-10-26 08:59", "2026-10-27 10:10"),
        Case("C7005", "Refund", "2026-12-23 10:00", "2026-12-29 18:00"),
        Case("C7006", "Account merge", "2026-12-31 16:00", ""),
    )
    book, page = book_of(sheet, "Log")
    for column, form in zip("ABEF", ("dd/mm/yyyy", "hh:mm", "dd/mm/yyyy", "hh:mm"), strict=True):
        for cell in page[column][1:]:
            cell.number_format = form
    sheet.save_book("log.xlsx", book)


def ambiguous_days() -> None:
    """No day is above 12: only a person can say whether 02/11 is in November."""
    write = shown("%d/%m/%Y %H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), write(case.answered), case.text]

    sheet = Sheet(
        "ambiguous_days",
        line,
        zone=LONDON,
        answers={"zone": LONDON, "day_order": "day_first"},
        asked_without_answers=["day_order"],
        roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
    )
    sheet.add("Ticket", "Opened", "Answered", "Summary")
    sheet.add_cases(
        Case("9001", "Grades differ", "2026-11-02 09:15", "2026-11-04 18:00"),
        Case("9002", "Chat is empty", "2026-11-03 17:45", "2026-11-05 10:00"),
        Case("9003", "Parent email", "2026-11-04 18:30", "2026-11-09 18:01"),
        Case("9004", "Slow search", "2026-11-06 13:00", "2026-11-10 17:00"),
        Case("9005", "Wrong school", "2026-11-07 10:00", "2026-11-11 18:00"),
        Case("9006", "Logo", "2026-11-12 11:11", ""),
    )
    sheet.save_text("tickets.csv", end="\n")


def german_semicolons() -> None:
    """Semicolons, 02.11.2026, umlauts in Windows-1252, and the week the clocks went back."""
    write = shown("%d.%m.%Y %H:%M")

    def line(case: Case) -> list[Any]:
        start, end = case.back[0] if case.back else ("", "")
        return [
            case.key, case.text, write(case.filed), write(start), write(end), write(case.answered),
            case.who,
        ]  # fmt: skip

    sheet = Sheet(
        "german_semicolons",
        line,
        zone=BERLIN,
        answers={
            "zone": BERLIN, "key": "A", "filed": "C", "sent_back": "D", "resubmitted": "E",
            "answered": "F",
        },
    )  # fmt: skip
    sheet.add(
        "Vorgangsnr.", "Betreff", "Eingang", "Rückfrage", "Rückmeldung", "Beantwortet", "Bearbeiter"
    )
    sheet.add_cases(
        Case("V-88", "Falscher Betrag", "2026-10-22 16:30", "2026-10-26 18:00", who="Jörg"),
        Case("V-89", "Passwort; vergessen", "2026-10-23 17:59", "2026-10-27 18:01", who="Änne"),
        Case("V-90", "Übung fehlt", "2026-10-23 18:00", "2026-10-28 09:00", who="Jörg"),
        Case("V-91", "Kein Ton", "2026-10-26 10:00", "2026-10-29 17:00",
             (("2026-10-27 09:30", "2026-10-28 08:00"),), who="Änne"),
        Case("V-92", "Zwei Konten", "2026-10-25 03:30", "2026-10-28 18:00", who="Jörg"),
        Case("V-93", "Rechnung", "2026-11-02 10:32", "", (("2026-11-03 12:00", ""),), who="Änne"),
    )  # fmt: skip
    sheet.save_text("vorgaenge.csv", encoding="cp1252", delimiter=";")


def serials_of_1900() -> None:
    """Copied as values: days since 1900, in text, in a file without a workbook around it."""

    def serial(words: str) -> str:
        return f"{to_excel(date_of(words), CALENDAR_WINDOWS_1900):.6f}" if words else ""

    def line(case: Case) -> list[Any]:
        return [case.key, serial(case.filed), case.text, serial(case.answered), case.who]

    sheet = Sheet(
        "serials_of_1900",
        line,
        roles={"key": ["A"], "filed": ["B"], "answered": ["D"]},
    )
    sheet.add("No", "依頼日時", "件名", "回答日時", "担当")
    sheet.add_cases(
        Case("45001", "請求先", "2026-11-02 10:32", "2026-11-05 18:00"),
        Case("45002", "版の違い", "2026-11-09 18:00", "2026-11-12 17:45"),
        Case("45003", "端末台数", "2026-11-13 09:00", "2026-11-17 18:01"),
        Case("45004", "電話番号", "2026-11-19 12:00", "2026-11-24 12:00"),
        Case("45005", "遅い", "2026-11-28 06:30", "2026-12-02 06:30"),
        Case("45006", "白い画面", "2026-12-01 14:20", ""),
    )
    sheet.save_text("atai.csv", encoding="utf-8-sig")


def serials_of_1904() -> None:
    """A workbook that counts days from 1904; its cells lost their format of dates."""

    def serial(words: str) -> float | None:
        return round(float(to_excel(date_of(words), CALENDAR_MAC_1904)), 6) if words else None

    def line(case: Case) -> list[Any]:
        return [case.key, case.text, serial(case.filed), serial(case.answered)]

    sheet = Sheet(
        "serials_of_1904",
        line,
        zone=NEW_YORK,
        roles={"key": ["A"], "filed": ["C"], "answered": ["D"]},
    )
    sheet.add("Case ID", "Subject", "Date filed", "Date answered")
    sheet.add_cases(
        Case("M-1", "Crash on start", "2026-11-02 10:32", "2026-11-04 18:00"),
        Case("M-2", "Wrong total", "2026-11-05 18:00", "2026-11-10 18:01"),
        Case("M-3", "Mail twice", "2026-11-11 10:00", "2026-11-16 09:00"),
        Case("M-4", "No sound", "2026-11-24 08:00", "2026-11-25 17:00"),
        Case("M-5", "Font too small", "2026-11-25 15:15", "2026-11-30 18:00"),
        Case("M-6", "Old photo", "2026-12-07 13:13", ""),
    )
    book, _ = book_of(sheet, "Mac")
    book.epoch = CALENDAR_MAC_1904
    sheet.save_book("mac.xlsx", book)


def message_for_each_step() -> None:
    """Sent back twice: the same headings once more, further right."""
    write = shown("%Y-%m-%dT%H:%M:%S+09:00")

    def line(case: Case) -> list[Any]:
        spans = [write(words) for span in (*case.back, ("", ""), ("", ""))[:2] for words in span]
        return [case.key, write(case.filed), *spans, write(case.answered), case.text]

    sheet = Sheet(
        "sent_back_twice",
        line,
        answers={},
        roles={"key": ["A"], "filed": ["B"], "sent_back": ["C", "E"], "resubmitted": ["D", "F"],
               "answered": ["G"]},
    )  # fmt: skip
    sheet.add("case_id", "filed_at", "sent_back_at", "resubmitted_at", "sent_back_at_2",
              "resubmitted_at_2", "answered_at", "title")  # fmt: skip
    sheet.add_cases(
        Case("a1", "Two rounds", "2026-11-09 10:00", "2026-11-13 18:00",
             (("2026-11-10 13:00", "2026-11-11 09:30"), ("2026-11-12 10:00", "2026-11-13 10:00"))),
        Case("a2", "One round", "2026-11-09 10:00", "2026-11-11 18:01",
             (("2026-11-10 09:00", "2026-11-10 17:00"),)),
        Case("a3", "None", "2026-11-16 11:00", "2026-11-18 17:00"),
        Case("a4", "Waits again", "2026-11-16 11:00", "",
             (("2026-11-16 12:00", "2026-11-16 15:00"), ("2026-11-17 12:00", ""))),
        Case("a5", "Over a holiday", "2026-11-20 15:00", "2026-11-25 18:00",
             (("2026-11-20 17:30", "2026-11-23 12:00"),)),
        Case("a6", "Late and sent back after", "2026-11-04 09:00", "2026-11-10 10:00",
             (("2026-11-09 09:00", "2026-11-10 09:00"),)),
    )  # fmt: skip
    sheet.save_text("rounds.csv")
