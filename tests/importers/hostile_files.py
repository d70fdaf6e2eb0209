"""Small files that swell: each a few kilobytes or megabytes as sent, written by a function."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

MB = 1 << 20
SHEET_HEAD = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main"><sheetData>'
)
SHEET_TAIL = "</sheetData></worksheet>"
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxml'
    'formats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-office'
    'document.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" Content'
    'Type="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.open'
    'xmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.open'
    'xmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def packed(path: Path, *parts: bytes | tuple[bytes, int]) -> Path:
    """Write gzip of parts, some of them many times over."""
    with gzip.open(path, "wb", compresslevel=6) as file:
        for part in parts:
            text, times = part if isinstance(part, tuple) else (part, 1)
            block = text * max(MB // len(text), 1)
            whole, rest = divmod(len(text) * times, len(block))
            for _ in range(whole):
                file.write(block)
            file.write(block[:rest])
    return path


def plain(path: Path, *parts: bytes) -> Path:
    """Write parts as they are."""
    path.write_bytes(b"".join(parts))
    return path


def workbook(path: Path, rows: Iterator[str] | list[str]) -> Path:
    """Write a workbook of one sheet with these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _PARTS.items():
            file.writestr(name, text)
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(SHEET_HEAD.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(SHEET_TAIL.encode())
    return path


EVENT = b'<event><string key="a" value="b"/></event>'
ATTACKS: dict[str, Callable[[Path], Path]] = {
    "jump.xlsx": lambda p: workbook(
        p,
        [
            '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>',
            '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        ],
    ),
    "wide.xlsx": lambda p: workbook(
        p, ['<row r="1">', *['<c t="inlineStr"><is><t>a</t></is></c>' * 1_000] * 42_000, "</row>"]
    ),
    "oneline.csv.gz": lambda p: packed(p, b"a,b\n", (b"x", 1_500 * MB)),
    "manylines.csv.gz": lambda p: packed(p, b"a,b\n", (b"\n", 1_500 * MB)),
    "doc.json.gz": lambda p: packed(p, b'{"a": [\n0', (b",0", 255 * MB), b"]}"),
    "spaces.json.gz": lambda p: packed(p, (b" ", 511 * MB), b"{}"),
    "big.xes.gz": lambda p: packed(p, b"<log><trace>", (EVENT, 5_000_000), b"</trace></log>"),
    "attr.xes.gz": lambda p: packed(
        p, b'<log><trace><string key="a" value="', (b"x", 1_500 * MB), b'"/></trace></log>'
    ),
    "comment.xes.gz": lambda p: packed(p, b"<log><!--", (b"x", 1_500 * MB), b"--></log>"),
    "hdr.mbox.gz": lambda p: packed(
        p,
        b"From a@b.c Mon Jun  1 09:00:00 2026\nFrom: a@example.org\nTo: b@example.jp\n"
        b"Date: Mon, 1 Jun 2026 09:00:00 +0900\nSubject: ",
        (b"x", 300 * MB),
        b"\n\nHello\n",
    ),
    "deep.json": lambda p: plain(p, b"[" * 200_000, b"]" * 200_000),
    "deep.ndjson": lambda p: plain(p, b'{"a":' * 90_000, b"1", b"}" * 90_000),
    "deep.json.gz": lambda p: packed(p, (b"[", 200_000), (b"]", 200_000)),
    "plain.xes": lambda p: plain(p, b'<log><a b="', b"x" * (48 * MB)),
    "plain.csv": lambda p: plain(p, b"a,b\n", b"\n" * (48 * MB)),
    "names.xes": lambda p: plain(
        p,
        b"<log><trace>",
        *(b'<event><string key="%d" value="b"/></event>' % number for number in range(50_000)),
        b"</trace></log>",
    ),
}
