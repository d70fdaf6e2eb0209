"""Files that are no sheet of cases, or nearly none: what must be said about each."""

import io
import struct
import zipfile
from typing import Any

from tests.importers.sheet_makers.writing import Case, Sheet, book_of, date_of, save, shown

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
REFUSED: dict[str, Any] = {"zone": "Asia/Tokyo", "answers": {"zone": "Asia/Tokyo"}}


def make() -> None:
    no_dates()
    password_protected()
    photograph()
    headers_that_disagree()
    two_hundred_columns()
    one_row_changed()
    macros()


def no_dates() -> None:
    rows = [
        "番号,件名,担当",
        *(f"{n},{t},瀬戸" for n, t in enumerate(("音", "色", "速さ", "宛名"), 1)),
    ]
    save("no_dates", "kenmei.csv", "\r\n".join(rows).encode(), {
        "file": "kenmei.csv", **REFUSED, "refused": ["date", "日付|日時"],
    })  # fmt: skip


def password_protected() -> None:
    """What Excel saves with a password: a compound file around an encrypted package."""
    save("password_protected", "secret.xlsx", compound_file(
        EncryptionInfo=struct.pack("<HHI", 4, 4, 0x40) + b"<encryption/>",
        EncryptedPackage=struct.pack("<Q", 4000) + bytes(range(256)) * 16,
    ), {"file": "secret.xlsx", **REFUSED, "refused": ["password", "パスワード"]})  # fmt: skip


def photograph() -> None:
    jfif = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffdb004300")
    save("photograph", "IMG_2044.xlsx", jfif + bytes(range(1, 251)) * 8 + b"\xff\xd9", {
        "file": "IMG_2044.xlsx", **REFUSED,
        "refused": ["not (a|an Excel) workbook|picture|photo|image", "ブックでは|画像|写真"],
    })  # fmt: skip


def headers_that_disagree() -> None:
    """An old heading was left above the one in use; its columns stand in another order."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), case.text, write(case.answered)]

    sheet = Sheet(
        "headers_that_disagree",
        line,
        answers={"zone": "Asia/Tokyo", "header_row": "2"},
        asked_without_answers=["header_row"],
        roles={"key": ["A"], "filed": ["B"], "answered": ["D"]},
    )
    sheet.add("件名", "回答日時", "番号", "起票日時")
    sheet.add("番号", "起票日時", "件名", "回答日時")
    sheet.add_cases(
        Case("1", "宛名", "2026-11-02 10:32", "2026-11-05 18:00"),
        Case("2", "音", "2026-11-10 18:00", "2026-11-13 18:01"),
        Case("3", "色", "2026-11-13 09:30", "2026-11-13 17:00"),
        Case("4", "速さ", "2026-11-24 12:00", "2026-11-26 12:00"),
    )
    sheet.save_text("futatsu.csv")


def two_hundred_columns() -> None:
    """A survey's width: the cases are in it all the same."""
    write = shown("%Y/%m/%d %H:%M")

    def line(case: Case) -> list[Any]:
        cells = [f"回答{n}" for n in range(1, 201)]
        cells[0], cells[4], cells[120], cells[199] = (
            str(case.key), write(case.filed), write(case.answered), case.text,
        )  # fmt: skip
        return cells

    sheet = Sheet(
        "two_hundred_columns",
        line,
        roles={"key": ["A"], "filed": ["E"], "answered": ["DQ"]},
    )
    names = [f"設問{n}" for n in range(1, 201)]
    names[0], names[4], names[120], names[199] = "管理番号", "起票日時", "回答日時", "件名"
    sheet.add(*names)
    sheet.add_cases(
        Case("W-1", "幅", "2026-11-02 10:32", "2026-11-05 18:00"),
        Case("W-2", "高さ", "2026-11-16 18:00", "2026-11-19 18:30"),
        Case("W-3", "奥行", "2026-11-17 10:00", "2026-11-18 10:00"),
        Case("W-4", "重さ", "2026-11-20 10:00", "2026-11-25 17:59"),
        Case("W-5", "色", "2026-11-26 10:00", ""),
    )
    sheet.save_text("hirei.csv", encoding="utf-8-sig")


def one_row_changed() -> None:
    """The same sheet a day later: one case has been answered since. Nothing stays of the first."""
    write = shown("%Y-%m-%d %H:%M")

    def line(case: Case) -> list[Any]:
        return [case.key, write(case.filed), write(case.answered), case.text]

    same = (
        Case("D-1", "First", "2026-11-02 10:32", "2026-11-05 18:00"),
        Case("D-2", "Second", "2026-11-09 18:00", "2026-11-11 10:00"),
        Case("D-3", "Third", "2026-11-10 09:10", "2026-11-12 18:05"),
    )
    for file, answered in (("monday.csv", ""), ("tuesday.csv", "2026-11-24 15:00")):
        sheet = Sheet(
            "one_row_changed",
            line,
            before=["monday.csv"],
            roles={"key": ["A"], "filed": ["B"], "answered": ["C"]},
        )
        sheet.add("Key", "Filed", "Answered", "Title")
        sheet.add_cases(*same, Case("D-4", "Fourth", "2026-11-20 16:00", answered))
        sheet.save_text(file)


def macros() -> None:
    """A macro workbook is read like any other; what it could run is never looked at."""

    def line(case: Case) -> list[Any]:
        return [case.key, date_of(case.filed), date_of(case.answered), case.text]

    sheet = Sheet("macros", line, roles={"key": ["A"], "filed": ["B"], "answered": ["C"]})
    sheet.add("管理No", "依頼日時", "回答日時", "件名")
    sheet.add_cases(
        Case("M01", "ボタン", "2026-11-02 10:32", "2026-11-05 18:00"),
        Case("M02", "書式", "2026-11-12 18:00", "2026-11-17 18:00"),
        Case("M03", "表", "2026-11-13 18:00", "2026-11-19 09:00"),
        Case("M04", "図", "2026-11-24 12:00", ""),
    )
    book, _ = book_of(sheet, "依頼")
    sheet.save_book("依頼.xlsm", book, change=with_macros)


def with_macros(workbook: bytes) -> bytes:
    """Give a workbook a part with macros, and the type that goes with it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            content = old.read(part).replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
            new.writestr(zipfile.ZipInfo(part.filename), content, 8)
        new.writestr(zipfile.ZipInfo("xl/vbaProject.bin"), compound_file(dir=b"Sub Auto_Open()"), 8)
    return out.getvalue()


def compound_file(**streams: bytes) -> bytes:
    """Write a compound file (OLE2) with these streams, each of 4,096 bytes or filled up to that."""
    # Source: [MS-CFB], version 3: 512-byte sectors; sector 0 is the FAT, sector 1 the directory.
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    fat, body, at = [FAT, END], b"", 2
    entries = [entry("Root Entry", 5, END, 0, child=1)]
    for place, (name, content) in enumerate(padded.items(), 1):
        count = -(-len(content) // SECTOR)
        beside = place + 1 if place < len(padded) else FREE
        entries.append(entry(name, 2, at, len(content), right=beside))
        fat += [*range(at + 1, at + count), END]
        body += content.ljust(count * SECTOR, b"\0")
        at += count
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    header += struct.pack("<109I", 0, *[FREE] * 108)
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + body


def entry(
    name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE
) -> bytes:
    words = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ", words, len(words) + 2, kind, 1, FREE, right, child, bytes(16), 0,
        bytes(8), bytes(8), start, size,
    )  # fmt: skip
