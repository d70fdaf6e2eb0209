"""Workbooks as other programs write them: cells that are not what they seem, and damaged ones."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shinrai.importers.mapping_files import parse
from shinrai.importers.rules.moments import MomentReader
from shinrai.importers.run.plan import make_plan
from shinrai.importers.tables import workbook, workbook_package
from shinrai.importers.tables.files import first_rows, row_chunks, survey
from shinrai.importers.tables.table import ReadOptions, UnreadableTable
from tests.importers.xlsx_builder import STRICT, book, row, text

pytestmark = pytest.mark.pure
HOW = ReadOptions(encodings=())
TUESDAY = datetime(2026, 6, 2, 11)
SERIAL, IN_1904 = "46175.458333333336", "44713.458333333336"  # of Tuesday at eleven
HEADER = row(1, text("A1", "番号"), text("B1", "起票"), text("C1", "担当者"))
MAPPING = """
mapping: sheet
source: our-sheet
record: investigation
tables:
  cases:
    rows: cases
    zone: UTC
    moments: [excel]
    key: 番号
    steps: [{kind: filed, at: 起票}]
"""
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")


def cells(path: Path) -> list[tuple[str | datetime, ...]]:
    """Read the rows below the header, none of which may be broken."""
    surveyed = survey(path, HOW)
    [found] = list(row_chunks(surveyed, HOW, 100)) or [None]
    if found is None:
        assert surveyed.rows == 0
        return []
    assert surveyed.rows == len(found.lines)
    assert not found.broken
    return [tuple(its) for its in found.cells]


class TestDates:
    @pytest.mark.parametrize(
        "code",
        [
            *(14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 36, 50, 51, 52, 54, 57, 58),
            'yyyy"年"m"月"d"日" h:mm',
            "[$-ja-JP]yyyy/m/d h:mm;@",
            '[$-411]ggge"年"m"月"d"日" h:mm',
            '[$-411]ge.m.d" "h:mm',
            '[$-ja-JP-x-gannen]ggge"年"m"月"d"日";@',
        ],
    )
    def test_eleven_on_tuesday_however_it_is_shown(self, tmp_path: Path, code: int | str) -> None:
        cell = f'<c r="B2" s="1"><v>{SERIAL}</v></c>'
        path = book(tmp_path / "s.xlsx", HEADER, row(2, text("A2", "E-1"), cell), formats=[code])

        assert cells(path) == [("E-1", TUESDAY, "")]

    @pytest.mark.parametrize("code", ["0.0", '#,##0"件"', "General", '"gross" 0.00', "[Red]0"])
    def test_a_number_stays_a_number(self, tmp_path: Path, code: str) -> None:
        cell = '<c r="B2" s="1"><v>46175.5</v></c>'
        path = book(tmp_path / "s.xlsx", HEADER, row(2, text("A2", "E-1"), cell), formats=[code])

        assert cells(path) == [("E-1", "46175.5", "")]

    @pytest.mark.parametrize("value", ["1", "true"])
    def test_days_are_counted_from_1904_where_the_workbook_says_so(
        self, tmp_path: Path, value: str
    ) -> None:
        """Three rows of the same moment: as a date, as a bare number, as a Japanese date."""
        path = book(
            tmp_path / "s.xlsx",
            HEADER,
            *(
                row(n, text(f"A{n}", f"E-{n}"), f'<c r="B{n}" s="{n - 2}"><v>{IN_1904}</v></c>')
                for n in (2, 3, 4)
            ),
            formats=[22, 31],
            properties=f'<workbookPr date1904="{value}"/>',
        )
        mapping = parse(MAPPING, where="test")
        [file] = make_plan(mapping, [path], zone=None, workspace_zone="UTC").files

        reader = MomentReader(file.table.moments, "UTC", writing=file.writing)
        found = [reader.read(at) for _, at, _ in cells(path)]

        assert found == [MomentReader((), "UTC").read(TUESDAY)] * 3

    def test_times_and_spans_are_written_as_people_do(self, tmp_path: Path) -> None:
        path = book(
            tmp_path / "s.xlsx",
            HEADER,
            row(
                2,
                '<c r="A2" s="1"><v>0.38541666666</v></c>',
                '<c r="B2" s="2"><v>1.0625</v></c>',
                '<c r="C2" t="d"><v>2026-06-02T11:00:00+09:00</v></c>',
            ),
            formats=[20, 46],
        )

        assert cells(path) == [("09:15:00", "25:30:00", "2026-06-02T11:00:00+09:00")]


class TestWhatIsNoValue:
    @pytest.mark.parametrize("error", ERRORS)
    def test_an_error_is_told_as_one(self, tmp_path: Path, error: str) -> None:
        cell = f'<c r="C2" t="e"><f>VLOOKUP(A2,P:Q,2,0)</f><v>{error}</v></c>'
        path = book(tmp_path / "s.xlsx", HEADER, row(2, text("A2", "E-1"), cell))

        assert cells(path) == [("E-1", "", error)]

    def test_a_formula_may_give_the_empty_text(self, tmp_path: Path) -> None:
        path = book(
            tmp_path / "s.xlsx",
            HEADER,
            row(2, text("A2", "E-1"), '<c r="B2" t="str"><f>IF(P2="","",P2)</f><v></v></c>'),
            row(3, text("A3", "E-2"), '<c r="B3" t="str"><f>IF(P3="","",P3)</f><v/></c>'),
            row(4, text("A4", "E-3"), '<c r="B4" t="str"><f t="array" ref="B4">P4:P5</f></c>'),
        )

        assert cells(path) == [("E-1", "", ""), ("E-2", "", ""), ("E-3", "", "")]

    @pytest.mark.parametrize(
        "cell",
        [
            "<c r='B2' s='0'><f>NOW()</f></c>",
            '<c r="B2"><f t="array" ref="B2">NOW()</f><v></v></c>',
            '<c r="B2" t="n"><f>NOW()</f><v/></c>',
        ],
    )
    def test_one_that_was_never_calculated_is_set_aside(self, tmp_path: Path, cell: str) -> None:
        path = book(
            tmp_path / "s.xlsx", HEADER, row(2, text("A2", "E-1"), cell), row(3, text("A3", "E-2"))
        )

        [found] = row_chunks(survey(path, HOW), HOW, 100)

        assert [tuple(its) for its in found.cells] == [("E-2", "", "")]
        [broken] = found.broken
        assert broken.problem is not None
        assert (broken.line, "never calculated" in broken.problem["en"]) == (2, True)
        assert "計算されていません" in broken.problem["ja"]


class TestOtherWriters:
    def test_a_table_may_lie_in_the_middle(self, tmp_path: Path) -> None:
        path = book(
            tmp_path / "s.xlsx",
            row(3, text("B3", "番号"), text("C3", "起票")),
            row(5, text("B5", "E-1"), '<c r="C5" t="e"><v>#N/A</v></c>'),
        )
        how = ReadOptions(encodings=(), header_row=3)

        assert first_rows(path, how)[0] == ("", "番号", "起票")
        [found] = row_chunks(survey(path, how), how, 9)
        assert (list(found.lines), list(found.cells)) == ([5], [("", "E-1", "#N/A")])

    @pytest.mark.parametrize("namespace", [STRICT, "urn:unknown"])
    def test_strict_open_xml_and_odd_styles(self, tmp_path: Path, namespace: str) -> None:
        path = book(tmp_path / "s.xlsx", HEADER, row(2, text("A2", "E-1")), namespace=namespace)

        assert cells(path) == [("E-1", "", "")]

    def test_tags_with_a_prefix_attributes_nobody_knows_and_cells_without_names(
        self, tmp_path: Path
    ) -> None:
        sheet = (
            '<x:worksheet xmlns:x="m" zzz="1"><x:sheetData><x:row q="7"><x:c t="str"><x:v>番号'
            '</x:v></x:c><x:c t="str"><x:v>起票</x:v></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c>'
            '<x:c t="e"><x:v>#SPILL!</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        )

        assert cells(book(tmp_path / "s.xlsx", sheet=sheet)) == [("7", "#SPILL!")]

    def test_a_stray_format_far_below_is_no_cell(self, tmp_path: Path) -> None:
        far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'

        assert cells(book(tmp_path / "s.xlsx", HEADER, row(2, text("A2", "1")), far)) == [
            ("1", "", "")
        ]


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableTable, match=path.name) as error:
        survey(path, HOW)
    assert path.name in error.value.text["ja"]
    return str(error.value)


class TestRefusals:
    @pytest.mark.parametrize(
        "sheet",
        [
            "<worksheet><sheetData><row><c><v>1</w></c></row></sheetData></worksheet>",
            "<worksheet><sheetData><row><c><v>1</v></c></row>",
            "",
            '<worksheet><sheetData><row><c r="1A"><v>1</v></c></row></sheetData></worksheet>',
            '<worksheet><sheetData><row><c t="zz"><v>1</v></c></row></sheetData></worksheet>',
            '<worksheet><sheetData><row><c t="s"><v>9</v></c></row></sheetData></worksheet>',
            '<worksheet><sheetData><row r="x"><c><v>1</v></c></row></sheetData></worksheet>',
            '<!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData/></worksheet>',
            "<worksheet><sheetData/></worksheet>".encode("utf-16"),
        ],
    )
    def test_damage_inside_a_whole_zip(self, tmp_path: Path, sheet: str | bytes) -> None:
        assert "import it again" in refusal(book(tmp_path / "s.xlsx", sheet=sheet))

    def test_a_panic_of_the_reader_is_one_of_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class PanicException(BaseException):
            pass

        def panics(*_: object) -> None:
            raise PanicException("index out of bounds")

        monkeypatch.setattr(
            workbook, "CalamineWorkbook", type("Panics", (), {"from_object": panics})
        )

        assert "cannot be read" in refusal(book(tmp_path / "s.xlsx", HEADER))

    @pytest.mark.parametrize(
        ("cells", "why"),
        [
            ('<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>', "no row 2000000000"),
            ('<row r="1048577"><c><v>1</v></c></row>', "no row 1048577"),
            ('<row r="2"><c r="XFE2"><v>1</v></c></row>', "no column 'XFE'"),
            (f"<row>{'<c/>' * 16_385}</row>", "no column 16,385"),
            ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "10 million cells"),
        ],
    )
    def test_cells_where_no_sheet_has_any_are_refused_before_they_are_read(
        self, tmp_path: Path, cells: str, why: str
    ) -> None:
        assert why in refusal(book(tmp_path / "s.xlsx", HEADER, cells))

    def test_what_swells_is_refused_while_it_is_unpacked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workbook_package, "MOST_TAGS", 1_000)
        monkeypatch.setattr(workbook_package, "LARGEST_TOKEN", 2 * workbook_package.BLOCK)
        many = {"xl/sharedStrings.xml": f"<sst>{'<si/>' * 1_001}</sst>"}
        long = row(2, text("A2", "x" * (4 * workbook_package.BLOCK)))

        assert "5 million different texts" in refusal(book(tmp_path / "a.xlsx", parts=many))
        assert "more than 16 MiB" in refusal(book(tmp_path / "b.xlsx", HEADER, long))
        monkeypatch.setattr(workbook_package, "LARGEST_UNPACKED", 1_000)
        assert "unpacks to more" in refusal(book(tmp_path / "c.xlsx", HEADER))

    def test_other_formats_are_named(self, tmp_path: Path) -> None:
        locked, old = tmp_path / "locked.xlsx", tmp_path / "old.xls"
        locked.write_bytes(
            workbook_package.OLD + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        )
        old.write_bytes(workbook_package.OLD + bytes(600) + "Workbook".encode("utf-16-le"))
        other = book(tmp_path / "other.ods")
        other.write_bytes(other.read_bytes().replace(b"xl/workbook.xml", b"xl/workbook.bin"))

        assert "locked by a password" in refusal(locked)
        assert ".xls" in refusal(old)
        assert ".ods" in refusal(other)


@given(st.data())
@example(None)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_damage_is_read_or_refused_with_the_files_name(
    tmp_path: Path, data: st.DataObject | None
) -> None:
    """Bytes of a part changed, and the zip written anew around them: its sums are right."""
    sheet = f"<worksheet><sheetData>{HEADER}{row(2, text('A2', 'E-1'))}</sheetData></worksheet>"
    raw = bytearray(sheet.encode())
    if data is not None:
        for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=5)):
            raw[place] = data.draw(st.sampled_from(b'<>/"=x09\x00\xff '))
    path = book(tmp_path / "s.xlsx", sheet=bytes(raw))
    told = ""
    try:
        surveyed = survey(path, HOW)
    except UnreadableTable as error:
        told = str(error)
    else:
        found = sum(len(some.all_lines()) for some in row_chunks(surveyed, HOW, 9))
        assert found == surveyed.rows
    assert not told or "s.xlsx" in told


def test_formats_and_errors_without_end_are_read_or_refused_at_once(tmp_path: Path) -> None:
    begun = time.process_time()
    rows = [row(1, text("A1", "管理番号")), row(2, text("A2", "調査-1"))]
    for endless in ("e" * 30_000, "[" * 200_000, "gn" * 30_000):
        read = book(tmp_path / "f.xlsx", *rows, formats=[endless])
        assert cells(read) == [("調査-1",)]
    odd = "".join(
        f'<row r="{n}"><c r="A{n}" t="e"><v>#E{n}!</v></c></row>' for n in range(2, 20_000)
    )
    many = book(tmp_path / "e.xlsx", row(1, text("A1", "管理番号")), odd)
    refused = refusal(many)
    assert "more than 100 kinds of errors" in refused
    assert "cannot be read" not in refused
    assert time.process_time() - begun < 10
