"""The parts of an Excel workbook, a zip of XML: damage and size are checked before it is read."""

import mmap
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.parsers import expat

from shinrai.importers.tables.table import BLOCK, Sheet, UnreadableTable
from shinrai.units.text import Text

PACKED: Final = b"PK\x03\x04"
OLD: Final = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Excel wrote until 2003, or a locked workbook
)
LARGEST_UNPACKED: Final = 1024**3
LARGEST_TOKEN: Final = 16 * BLOCK  # a longer one is read anew with every block (CVE-2023-52425)
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
MOST_CELLS: Final = 10_000_000  # 0.75 GB once read: 500,000 rows of 20 columns
MOST_TAGS: Final = 20_000_000  # of the shared texts, which take four each
LONGEST_SHOWN: Final = 60
LONGEST_FORMAT: Final = 1_024  # bytes as XML; Excel itself takes 255 characters
MOST_ERRORS: Final = 100  # texts of errors that `calamine` does not know; Excel has a dozen
# What `calamine` takes for an error; a workbook with another one it does not read at all.
USUAL_ERRORS: Final = frozenset(
    ("", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA")
)
_FORMAT: Final = re.compile(rb'(?<=formatCode=")[^"]*')
_QUOTED: Final = re.compile(rb"&quot;.*?&quot;|\[[^\]]*\]|\\.")
_ERA: Final = re.compile(rb"g+e|e+g|^g+$", re.IGNORECASE)
_DIGITS: Final = "0123456789"


def find_sheet(path: Path, wanted: Sequence[str]) -> Sheet:
    """Check a workbook, and read its first sheet with a wanted name, or else its first sheet.

    Raises: UnreadableTable.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _parts(path, archive)
            book = _WorkbookParser()
            _parse(path, archive, parts["xl/workbook.xml"], _parser(book.start))
            _parse(path, archive, parts.get("xl/_rels/workbook.xml.rels"), _parser(book.relate))
            for name in ("xl/styles.xml", "xl/sharedstrings.xml"):
                _parse(path, archive, parts.get(name), _parser())
            sheets = {name: part for name, key in book.sheets if (part := book.parts.get(key))}
            if not sheets:
                raise UnreadableTable(
                    Text("{path}: the workbook has no sheet with cells", path=path),
                )
            name = next((name for name in wanted if name in sheets), next(iter(sheets)))
            cells = _SheetParser(path)
            part = parts.get(sheets[name].lower(), sheets[name])
            _parse(path, archive, part, cells.parser)
            return Sheet(name, part, book.is_1904, cells.errors, cells.uncalculated)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError) as error:
        raise UnreadableTable(
            Text(
                "{path}: the workbook is cut off or damaged, or locked by a password "
                "({error}); save or copy it again",
                path=path,
                error=error,
            ),
        ) from error


def readable(path: Path, sheet: Sheet) -> Path | BytesIO:
    """Return the workbook itself, or a copy without what `calamine` cannot read.

    That is newer errors, such as #SPILL!, and dates with the years of a Japanese era.

    Raises: UnreadableTable.
    """
    unknown = sorted(set(sheet.errors.values()) - USUAL_ERRORS)
    if len(unknown) > MOST_ERRORS:
        raise too_large(
            path,
            Text("more than {most_errors} kinds of errors in its cells", most_errors=MOST_ERRORS),
        )
    with zipfile.ZipFile(path) as archive:
        styles = [name for name in archive.namelist() if name.lower() == "xl/styles.xml"]
        before = archive.read(styles[0]) if styles else b""
        after = _FORMAT.sub(lambda found: _without_eras(found[0]), before)
        if not unknown and before == after:
            return path
        copy = BytesIO()
        errors = re.compile(
            rb">(?:" + b"|".join(re.escape(text).encode() for text in unknown) + rb")(?=<|$)"
        )
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
            for name in archive.namelist():
                if name in styles:
                    written.writestr(name, after)
                elif name.lower().endswith((".xml", ".rels")):
                    with archive.open(name) as source, written.open(name, "w") as target:
                        rest = b""
                        while block := source.read(BLOCK):
                            text, tag, rest = (rest + block).rpartition(b"<")
                            if name == sheet.part and unknown:
                                text = errors.sub(b">#N/A", text)
                            target.write(text)
                            rest = tag + rest
                        target.write(rest)
    copy.seek(0)
    return copy


def _without_eras(code: bytes) -> bytes:
    if len(code) > LONGEST_FORMAT:  # the patterns would walk it again from each of its signs
        return code
    bare = _QUOTED.sub(b"", code)
    is_era = _ERA.search(bare) and b"general" not in bare.lower()
    return b"yyyy/m/d h:mm" if is_era else code


def _parts(path: Path, archive: zipfile.ZipFile) -> dict[str, str]:
    """Check that the parts are not damaged; return their names by the name in lower case."""
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise too_large(path, Text("it unpacks to more than 1 GiB"))
    parts = {name.lower().replace("\\", "/"): name for name in archive.namelist()}
    if "xl/workbook.xml" not in parts:
        raise not_read(path)
    damaged = archive.testzip()
    if damaged is None and len(parts) < len(archive.namelist()):
        damaged = "one of two parts of the same name"
    if damaged is not None:
        raise UnreadableTable(
            Text(
                "{path}: {damaged} in the workbook is damaged; save or copy it again",
                path=path,
                damaged=damaged,
            ),
        )
    return parts


def not_read(path: Path) -> UnreadableTable:
    """Return the error for a file that is not a workbook we can read, with the reason."""
    with path.open("rb") as file, suppress(ValueError):
        start = file.read(len(OLD))
        if start == OLD:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
                if raw.find("EncryptedPackage".encode("utf-16-le")) >= 0:
                    return UnreadableTable(
                        Text(
                            "{path}: the workbook is locked by a password; take the password off "
                            "in Excel, save it, and import it again",
                            path=path,
                        ),
                    )
    return UnreadableTable(
        Text(
            "{path}: this is no Excel workbook (.xlsx, .xlsm); a sheet in another "
            "format, such as .xls, .xlsb or .ods, must be saved as .xlsx or CSV first",
            path=path,
        ),
    )


def too_large(path: Path, why: Text) -> UnreadableTable:
    """Return the error for a workbook that is too large."""
    return UnreadableTable(
        Text(
            "{path}: the workbook is too large: {why}; save the sheet as CSV and import that",
            path=path,
            why=why,
        )
    )


def _parser(start: Callable[[str, dict[str, str]], None] | None = None) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _no_declarations
    parser.StartElementHandler = start
    return parser


def _parse(
    path: Path, archive: zipfile.ZipFile, name: str | None, parser: expat.XMLParserType
) -> None:
    """Parse the XML of a part to its end; nothing is done if there is no such part."""
    if name is None:
        return
    fed = tags = text = 0
    try:
        with archive.open(name) as part:
            while block := part.read(BLOCK):
                if not fed and block.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise ValueError("it is not in UTF-8")
                fed += len(block)
                tags += block.count(b"<")
                if parser.StartElementHandler is None and tags > MOST_TAGS:
                    raise too_large(path, Text("more than 5 million different texts"))
                parser.Parse(block)
                last = block.rfind(b"<")
                text = text + len(block) if last < 0 else len(block) - last
                if max(text, fed - max(parser.CurrentByteIndex, 0)) > LARGEST_TOKEN:
                    raise ValueError("a value of more than 16 MiB")
            parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, UnreadableTable):
            raise
        raise UnreadableTable(
            Text(
                "{path}: {name} in the workbook is damaged ({error}); open the workbook in "
                "Excel, save it, and import it again",
                path=path,
                name=name,
                error=error,
            ),
        ) from error


def _no_declarations(*_: object) -> None:
    raise ValueError("a document type, which no workbook has")


class _WorkbookParser:
    """The sheets of a workbook, in order, and whether its dates count from 1904."""

    def __init__(self) -> None:
        self.is_1904 = False
        self.sheets: list[tuple[str, str]] = []
        self.parts: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = _local(tag)
        if kind == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif kind == "sheet":
            found = {_local(name): value for name, value in attributes.items()}
            self.sheets.append((found.get("name", ""), found.get("id", "")))

    def relate(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "").replace("\\", "/")
            part = target[1:] if target.startswith("/") else f"xl/{target}"
            self.parts[attributes.get("Id", "")] = part


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _SheetParser:
    """Finds the cells of a sheet with an error, or with a formula but no value.

    The handlers for a cell's text and end are set only for those: most cells have neither.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parser = _parser(self.start)
        self.errors: dict[tuple[int, int], str] = {}
        self.uncalculated: dict[int, str] = {}
        self.row = self.column = 0
        self._last_row = self._last_column = self._count = 0
        self._kinds: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._type: str | None = None
        self._formula: list[str] | None = None
        self._value: list[str] = []
        self._text: list[str] = self._value

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = self._kinds.get(tag)
        if kind is None:
            kind = self._kinds[tag] = _local(tag)
        if kind == "c":
            self._place(attributes.get("r"))
            self._type = attributes.get("t")
            if self._type == "e":
                self._listen()
        elif kind == "v" or kind == "is":
            self._text = self._value
            self._count += 1
            self._last_row = max(self._last_row, self.row)
            self._last_column = max(self._last_column, self.column)
            if max(self._count, self._last_row * self._last_column) > MOST_CELLS:
                raise too_large(
                    self.path,
                    Text(
                        "more than {millions} million cells, to row {row:,}",
                        millions=MOST_CELLS // 1_000_000,
                        row=self.row,
                    ),
                )
        elif kind == "row":
            number = attributes.get("r")
            self.row = self.row + 1 if number is None else self._row(number)
            self.column = 0
        elif kind == "f":
            self._formula = self._text = []
            self._listen()

    def _place(self, name: str | None) -> None:
        if name is None:
            self.column += 1
            if self.column > LAST_COLUMN:
                raise ValueError(f"there is no column {self.column:,}")
            return
        letters = name.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = self._column(letters)
        self.column = column
        self.row = self._row(name[len(letters) :])

    def _row(self, number: str) -> int:
        row = int(number)
        if not 1 <= row <= LAST_ROW:
            raise ValueError(f"there is no row {number}")
        return row

    def _column(self, letters: str) -> int:
        column = 0
        for letter in letters:
            if not "A" <= letter.upper() <= "Z" or len(letters) > len("XFD"):
                raise ValueError(f"there is no column {letters[:LONGEST_SHOWN]!r}")
            column = 26 * column + ord(letter.upper()) - ord("A") + 1
        if not 1 <= column <= LAST_COLUMN:
            raise ValueError(f"there is no column {letters!r}")
        return column

    def _listen(self) -> None:
        self._value.clear()
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._end

    def _characters(self, text: str) -> None:
        if len(self._text) < LONGEST_SHOWN:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if self._kinds.get(tag) != "c":
            return
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        value = "".join(self._value).strip()
        if self._type == "e":
            self.errors[self.row, self.column - 1] = value
        elif self._formula is not None and not value and self._type != "str":
            shown = "=" + "".join(self._formula)[:LONGEST_SHOWN]
            self.uncalculated.setdefault(self.row, shown)
        self._formula = None
