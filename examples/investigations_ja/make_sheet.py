"""Write the example sheet in the two shapes a team hands over: CP932 CSV and Excel.

Run:   python examples/investigations_ja/make_sheet.py [DIRECTORY]
Both files come from rows.yaml; the same rows give the same bytes on every run.
"""

import csv
import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

HERE = Path(__file__).parent
NAME = "chousa_irai_2026"
COLUMNS = (
    "管理番号", "起票日時", "起票者", "依頼元", "顧客ID", "サービス", "件名", "依頼内容",
    "優先度", "担当者", "ステータス",
    "差し戻し日時", "差し戻し理由", "再提出日時",
    "差し戻し日時2", "差し戻し理由2", "再提出日時2",
    "エスカレーション日時", "エスカレーション先",
    "回答日時", "判定", "回答（CS向け）",
    "KPI対象外", "KPI対象外理由", "取り下げ日時", "備考",
)  # fmt: skip
# Excel turns this way of typing into a date; the other ways stay text, as in a sheet of real use.
TYPED_AS_DATE = re.compile(r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip entry can carry
DRAWN_UP = datetime(2026, 4, 1)  # noqa: DTZ001  Excel's document properties carry no zone


def main(directory: Path = HERE) -> None:
    """Write both files into a directory."""
    rows = read_rows()
    (directory / f"{NAME}.csv").write_bytes(csv_bytes(rows))
    (directory / f"{NAME}.xlsx").write_bytes(xlsx_bytes(rows))


def read_rows() -> list[list[str]]:
    """Read rows.yaml as rows of text, one cell per column; a cell nobody filled is empty."""
    # BaseLoader keeps every cell as typed: other loaders would make dates of some of them.
    text = (HERE / "rows.yaml").read_text(encoding="utf-8")
    records = yaml.load(text, Loader=yaml.BaseLoader)
    for record in records:
        if strangers := record.keys() - set(COLUMNS):
            raise ValueError(f"rows.yaml: {record['管理番号']} names no such column: {strangers}")
    return [[record.get(column, "") for column in COLUMNS] for record in records]


def csv_bytes(rows: list[list[str]]) -> bytes:
    """Write the CSV as Excel on a Japanese Windows saves it: CP932, CRLF, LF inside cells."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([COLUMNS, *rows])
    return out.getvalue().encode("cp932")


def xlsx_bytes(rows: list[list[str]]) -> bytes:
    """Write the workbook: true dates where Excel would have made them, text elsewhere."""
    book = Workbook()
    sheet = book.active
    sheet.title = "調査依頼"
    sheet.append(COLUMNS)
    sheet.freeze_panes = "B2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_cell(text) for text in row])
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(cell.value, datetime):
                cell.number_format = "yyyy/m/d h:mm"
    book.properties.creator = "Shinrai"
    book.properties.created = DRAWN_UP
    saved = io.BytesIO()
    book.save(saved)
    return _timeless(saved.getvalue())


def _cell(text: str) -> str | datetime | None:
    if TYPED_AS_DATE.fullmatch(text):
        return datetime.strptime(text, "%Y/%m/%d %H:%M")  # noqa: DTZ007  cells carry no zone
    return text or None


def _timeless(workbook: bytes) -> bytes:
    """Rewrite the zip without the moment it was saved, so that the same rows give the same bytes.

    Stored, not deflated: compressed bytes differ between versions of zlib.
    """
    out = io.BytesIO()
    modified = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            body = modified.sub(rb"\g<1>2026-04-01T00:00:00Z", old.read(name))
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system = 3  # otherwise it names the machine's own system
            new.writestr(entry, body)
    return out.getvalue()


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
