"""Files as they come: encodings, marks, line breaks, cut off, mixed, compressed, workbooks."""

import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.run.plan import make_plan
from shinrai.importers.tables import gzip_files, lines
from shinrai.importers.tables.files import row_chunks, survey
from shinrai.importers.tables.table import ReadOptions, Survey, TableRow, UnreadableTable

USUAL = ReadOptions(encodings=("utf-8-sig", "cp932"))


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, how: ReadOptions = USUAL) -> list[TableRow]:
    surveyed = survey(path, how)
    found = rows(surveyed, how, 1000)
    assert surveyed.rows == len(found)
    assert found == rows(surveyed, how, 1) == rows(surveyed, how, 3)
    return found


def rows(surveyed: Survey, how: ReadOptions, at_once: int) -> list[TableRow]:
    """Read a file so many records at a time, and tell its rows in their order."""
    found: list[TableRow] = []
    for some in row_chunks(surveyed, how, at_once):
        told = [TableRow(*row) for row in zip(some.lines, map(tuple, some.cells), strict=True)]
        told += [row._replace(cells=tuple(row.cells)) for row in some.broken]
        told.sort(key=lambda row: row.line)
        assert list(some.all_lines()) == [row.line for row in told]
        found += told
    return found


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
    def test_the_same_sheet_reads_the_same(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path / "s.csv", "番号,件名\r\n1,髙橋さんの①\r\n", encoding)

        surveyed = survey(path, USUAL)

        assert surveyed.header == ("番号", "件名")
        assert read(path) == [TableRow(2, ("1", "髙橋さんの①"))]

    def test_a_byte_order_mark_decides_over_what_was_declared(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "番号,件名\n1,あ\n", "utf-8-sig")

        surveyed = survey(path, ReadOptions(encodings=("cp932",)))

        assert surveyed.encoding == "utf-8-sig"
        assert surveyed.header == ("番号", "件名")

    def test_a_byte_that_does_not_decode_is_named_with_what_to_try(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "no,subject\n1,ok\n2,差し戻し\n", "cp932")

        with pytest.raises(UnreadableTable) as error:
            survey(path, ReadOptions(encodings=("utf-8",)))

        assert "s.csv, line 3, byte 3 (0x8d)" in str(error.value)
        assert "cp932" in str(error.value)

    def test_one_row_in_another_encoding_is_set_aside_not_garbled(self, tmp_path: Path) -> None:
        lines = ["番号,件名", *(f"{n},学習の記録" for n in range(40))]
        raw = [line.encode() for line in lines]
        raw[20] = lines[20].encode("cp932")
        path = tmp_path / "mixed.csv"
        path.write_bytes(b"\n".join(raw) + b"\n")

        found = read(path)

        [bad] = [row for row in found if row.problem]
        assert bad.line == 21
        assert bad.problem is not None
        assert "mixes encodings" in bad.problem["en"]
        assert "文字コードが混在" in bad.problem["ja"]
        assert all(row.cells[1] == "学習の記録" for row in found if not row.problem)

    def test_utf8_among_cp932_is_seen_although_it_decodes(self, tmp_path: Path) -> None:
        """UTF-8 Japanese often decodes as CP932, into characters like 縺ゅ that nobody typed."""
        lines = ["番号,件名", *(f"{n},ああああ" for n in range(40))]
        raw = [line.encode("cp932") for line in lines]
        raw[20] = lines[20].encode()
        assert raw[20].decode("cp932", errors="ignore") != lines[20]
        path = tmp_path / "mixed.csv"
        path.write_bytes(b"\n".join(raw) + b"\n")

        bad = [row.line for row in read(path) if row.problem]

        assert bad == [21]

    def test_garbled_words_typed_by_a_person_are_not_mistaken(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "番号,内容\n1,「縺ゅ＞縺」みたいな字\n", "cp932")

        assert read(path) == [TableRow(2, ("1", "「縺ゅ＞縺」みたいな字"))]


class TestLines:
    def test_a_row_is_named_by_the_line_it_starts_on(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", 'no,text\n1,"one\ntwo\nthree"\n\n2,"a,b"\n')

        assert read(path) == [TableRow(2, ("1", "one\ntwo\nthree")), TableRow(6, ("2", "a,b"))]

    def test_a_row_cut_off_is_set_aside(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "a,b,c\n1,2,3\n4,5")

        assert [bool(row.problem) for row in read(path)] == [False, True]

    def test_a_quotation_mark_never_closed_breaks_the_file(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", 'a,b\n1,2\n3,"four\n5,6\n7,8\n')

        with pytest.raises(UnreadableTable, match=r"line 3: a quotation mark .* never closed"):
            survey(path, USUAL)

    def test_a_stray_quotation_mark_sets_aside_its_own_row_only(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", 'a,b\n1,"x"y\n3,4\n')

        bad, good = read(path)

        assert bad.problem is not None
        assert bad.raw == '1,"x"y\n'
        assert good == TableRow(3, ("3", "4"))

    def test_the_wrong_delimiter_is_guessed(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="delimiter seems to be ';'"):
            survey(write(tmp_path / "s.csv", "a;b\n1;2\n"), USUAL)

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="empty"):
            survey(write(tmp_path / "s.csv", ""), USUAL)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="no such file"):
            survey(tmp_path / "gone.csv", USUAL)


class TestHowExcelWritesText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp932"])
    def test_its_first_line_names_the_delimiter(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path / "s.csv", "sep=;\r\n番号;件名\r\n1;あ,い\r\n", encoding)

        assert survey(path, USUAL).header == ("番号", "件名")
        assert read(path) == [TableRow(3, ("1", "あ,い"))]

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf_16_is_known_without_a_mark(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path / "s.csv", "番号,件名\r\n1,髙橋さんの①\r\n", encoding)

        assert survey(path, USUAL).encoding == encoding
        assert read(path) == [TableRow(2, ("1", "髙橋さんの①"))]

    def test_utf_16_cut_in_the_middle_of_a_character_is_told_as_such(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "番号,件名\r\n1,あ\r\n" * 9, "utf-16")
        path.write_bytes(path.read_bytes()[:-1])

        with pytest.raises(UnreadableTable, match="utf-16") as error:
            survey(path, USUAL)
        assert "compressed" not in str(error.value)

    def test_bytes_of_zero_in_other_text_are_no_utf_16(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "no,text\n1,a\x00b\n")

        assert survey(path, USUAL).encoding == "utf-8-sig"

    @pytest.mark.parametrize("above", ["月次報告\n", "月次報告\n\n2026年6月,,\n", "\n\n"])
    def test_a_title_may_stand_above_the_header(self, tmp_path: Path, above: str) -> None:
        log = "inquiry,step,at,kind,mode\nN-1,1,2026-06-01T10:00:00Z,received,via_cs\n"
        path = write(tmp_path / "s.csv", above + log)

        plan = make_plan(shipped_mapping("inquiry_steps"), [path], zone=None, workspace_zone="UTC")

        [file] = plan.files
        assert file.survey.header == ("inquiry", "step", "at", "kind", "mode")
        assert file.survey.rows == 1


class TestWhatSwells:
    """Limits that hold while a file is read; the test makes them small."""

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("a,b\n1," + "x" * 5_000 + "\n", "line 2: this line is longer"),
            ("a,b\n" + "\n" * 5_000, "empty lines"),
            ("a,b\n" + "\r\n" * 5_000, "empty lines"),
            ('a,b\n1,"2"\n' + '"\n",' * 5_000, ": this record is longer"),
        ],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_is_refused_before_it_is_joined(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str, encoding: str
    ) -> None:
        for name in ("AT_ONCE", "LARGEST_CELL"):
            monkeypatch.setattr(lines, name, 1_024)
        monkeypatch.setattr(lines, "LARGEST_RECORD", 100_000)
        monkeypatch.setattr(lines, "MOST_BLANK", 1_000)
        path = write(tmp_path / "s.csv", text, encoding)
        path.write_bytes(gzip.compress(path.read_bytes()))

        with pytest.raises(UnreadableTable, match=why) as error:
            survey(path, USUAL)
        assert "s.csv" in error.value.text["ja"]

    def test_a_compressed_file_unpacks_to_no_more_than_tables_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(gzip_files, "ALWAYS", 10_000)
        path = tmp_path / "s.csv.gz"
        path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 500_000))
        assert path.stat().st_size * gzip_files.MOST_TIMES < 1_000_000

        with pytest.raises(UnreadableTable, match="unpacked it has more"):
            survey(path, USUAL)


class TestCompressed:
    def test_gzip_is_read_whatever_its_name(self, tmp_path: Path) -> None:
        path = tmp_path / "s.csv"
        path.write_bytes(gzip.compress(b"a,b\n1,2\n"))

        assert read(path) == [TableRow(2, ("1", "2"))]

    def test_one_cut_off_is_refused_before_a_row_counts(self, tmp_path: Path) -> None:
        path = tmp_path / "s.csv.gz"
        text = "a,b\n" + "".join(f"{n},{n * 7919}\n" for n in range(5000))
        path.write_bytes(gzip.compress(text.encode())[:-2000])

        with pytest.raises(UnreadableTable, match="cut off or damaged"):
            survey(path, USUAL)


class TestWorkbooks:
    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        made = Workbook()
        sheet = made.active
        assert sheet is not None
        sheet.title = "表紙"
        cases = made.create_sheet("調査依頼")
        cases.append(["番号", "起票", "件数"])
        cases.append(["1", datetime(2026, 6, 2, 11), 3])
        cases.append([None, None, None])
        cases.append([2, "2026/6/3 9:00", 2.5])
        path = tmp_path / "s.xlsx"
        made.save(path)
        return path

    def test_dates_stay_dates_and_numbers_read_as_typed(self, book: Path) -> None:
        how = ReadOptions(encodings=(), sheets=("調査依頼",))

        assert read(book, how) == [
            TableRow(2, ("1", datetime(2026, 6, 2, 11), "3")),
            TableRow(4, ("2", "2026/6/3 9:00", "2.5")),
        ]

    def test_one_cut_off_is_refused(self, book: Path) -> None:
        book.write_bytes(book.read_bytes()[:-300])

        with pytest.raises(UnreadableTable, match="cut off or damaged"):
            survey(book, USUAL)

    def test_one_damaged_inside_is_refused(self, book: Path) -> None:
        raw = bytearray(book.read_bytes())
        place = raw.index(b"xl/worksheets/sheet2.xml") + 60
        raw[place : place + 20] = bytes(20)
        book.write_bytes(bytes(raw))

        with pytest.raises(UnreadableTable, match="damaged"):
            survey(book, ReadOptions(encodings=(), sheets=("調査依頼",)))

    def test_a_formula_that_was_never_calculated_is_set_aside(self, tmp_path: Path) -> None:
        made = Workbook()
        sheet = made.active
        assert sheet is not None
        sheet.append(["no", "at"])
        sheet.append(["1", "=NOW()"])
        sheet.append(["2", "2026/6/3 9:00"])
        path = tmp_path / "s.xlsx"
        made.save(path)

        bad, good = read(path)

        assert bad.problem is not None
        assert "never calculated" in bad.problem["en"]
        assert "計算されていません" in bad.problem["ja"]
        assert good.cells == ("2", "2026/6/3 9:00")


CELL = st.text('aあ ,"\n\r', max_size=4)


class TestManyAtOnce:
    @given(st.lists(st.lists(CELL, min_size=1, max_size=3) | st.just([]), max_size=8))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_records_and_their_lines_are_those_read_one_by_one(
        self, tmp_path: Path, records: list[list[str]]
    ) -> None:
        """Cells of more than one line, lines of nothing, rows too long or too short."""
        path = tmp_path / "s.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("no", "text"))
            writer.writerows(records)

        told = read(path)

        expected, line = [], 1
        with path.open(encoding="utf-8", newline="\n") as file:
            reader = csv.reader(file)
            for cells in reader:
                if line > 1 and any(cell.strip() for cell in cells):
                    expected.append((line, tuple(cells), len(cells) != 2))
                line = reader.line_num + 1
        assert [(row.line, row.cells, row.problem is not None) for row in told] == expected

    @given(
        st.lists(st.text("a あ　\t\x0b\x1c,;", max_size=5), max_size=8),
        st.sampled_from(("\n", "\r\n")),
        st.sampled_from((",", ";", "\t")),
        st.sampled_from(("utf-8", "cp932", "utf-8-sig")),
    )
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_rows_without_quotation_marks_are_counted_as_they_are_read(
        self, tmp_path: Path, lines: list[str], end: str, delimiter: str, encoding: str
    ) -> None:
        """Lines of nothing, of blanks alone in several scripts, and of delimiters alone."""
        path = tmp_path / "s.csv"
        path.write_bytes(end.join([delimiter.join(("no", "text")), *lines]).encode(encoding))

        surveyed = survey(path, ReadOptions(encodings=(encoding,), delimiter=delimiter))

        found = rows(surveyed, ReadOptions(encodings=(encoding,), delimiter=delimiter), 1000)
        assert surveyed.rows == len(found)
