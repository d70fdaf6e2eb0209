"""Mappings are checked before a row is read: what, where, and what was probably meant."""

import pytest

from shinrai.importers.mapping_files import load_mapping, parse, shipped_mapping, shipped_names
from shinrai.importers.rules.mapping.node import BadMapping

SMALL = """
mapping: ours
source: our-sheet
record: investigation
tables:
  cases:
    rows: cases
    zone: Asia/Tokyo
    key: 番号
    steps:
      - kind: filed
        at: 起票
        required: true
"""


def bad(text: str) -> str:
    with pytest.raises(BadMapping) as error:
        parse(text, where="ours.yaml")
    return str(error.value)


class TestShipped:
    def test_four_are_there_and_can_be_read(self) -> None:
        assert set(shipped_names()) >= {
            "investigations_sheet_ja",
            "jira_csv",
            "servicenow_incidents",
            "thunderbird_forum",
        }
        for name in shipped_names():
            mapping = shipped_mapping(name)
            assert mapping.name == name
            assert set(mapping.says) == {"en", "ja"}

    def test_a_name_nobody_ships_is_answered_with_the_nearest(self) -> None:
        with pytest.raises(BadMapping, match="did you mean 'thunderbird_forum'"):
            load_mapping("thunderbird")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("kind: filed", "kind: fild", r"steps\[0\].kind: 'fild' .* did you mean 'filed'"),
            ("at: 起票", "att: 起票", r"no such key: 'att'; did you mean 'at'"),
            ("zone: Asia/Tokyo", "zone: Asia/Tokio", "tables.cases.zone: .*Asia/Tokyo"),
            ("record: investigation", "record: ticket", "record: 'ticket' is not known"),
            ("rows: cases", "rows: case", "rows: 'case' .* did you mean 'cases'"),
            ("key: 番号", "keys: 番号", "no such key: 'keys'; did you mean 'key'"),
            ("source: our-sheet", "source: Our Sheet", "source: a source's name"),
            ("zone: Asia/Tokyo", 'moments: ["%Y/%Q"]', r"moments\[0\]: %Q"),
            ("zone: Asia/Tokyo", "encodings: [sjis-win]", "no encoding is called 'sjis-win'"),
            ("required: true", "required: yes", "write true or false"),
            ("key: 番号", "key: 番号\n    key: 管理番号", "'key' stands twice"),
            (
                "key: 番号",
                "key: 番号\n    fields: {mode: {fixed: by_cs}}",
                "fields.mode: 'by_cs' .* did you mean 'via_cs'",
            ),
            ("key: 番号", "key: 番号\n    fields: {mode: 経路}", "which cell means which of"),
        ],
    )
    def test_a_slip_is_named_with_its_place(self, old: str, new: str, said: str) -> None:
        import re

        assert re.search(said, bad(SMALL.replace(old, new)))

    def test_yaml_that_is_none_says_the_line(self) -> None:
        assert "line 3" in bad("mapping: x\nsource: [\n}")

    def test_a_look_ahead_column_may_not_make_a_step(self) -> None:
        text = SMALL + "    look_ahead: [起票]\n"

        assert "look_ahead" in bad(text)

    def test_a_table_cannot_belong_to_itself(self) -> None:
        text = SMALL.replace("key: 番号", "key: 番号\n    belongs_to: {table: cases, column: 親}")

        assert "no other table is called 'cases'" in bad(text)


class TestWhatYamlWouldMisread:
    def test_no_and_dates_stay_words(self) -> None:
        text = SMALL + "    fields: {kind: {column: 種別, words: {No: is_no, 2026-01-01: day}}}\n"

        words = parse(text, where="ours").tables[0].fields[0][1].words

        assert words == {"No": "is_no", "2026-01-01": "day"}
