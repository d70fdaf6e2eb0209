"""What a record must look like, and what JSON may hold that no table can."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_documents import TooDeep, parse_document
from shinrai.importers.flatten.json_files import RawRecord, records_in
from shinrai.importers.flatten.schema import Kind, OddField, many, reads, record
from shinrai.importers.flatten.values import case_record

TICKET = record(
    id=Kind.key,
    asker=Kind.ref,
    created_at=Kind.at,
    replies=Kind.number,
    via=record({"from": record(id=Kind.ref)}, channel=Kind.plain),
    events=many(record(kind=Kind.plain)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@reads(TICKET)
def filed(raw: RawRecord, value: dict[str, Any]) -> Any:
    yield case_record(raw, value["id"], "ticket", value=value)


class TestARecord:
    @pytest.mark.parametrize(
        ("given", "code", "path"),
        [
            ({}, "odd_missing", "id"),
            ({"id": None}, "odd_missing", "id"),
            ({"id": True}, "odd_plain", "id"),
            ({"id": [7]}, "odd_plain", "id"),
            ({"id": 7, "via": "email"}, "odd_record", "via"),
            ({"id": 7, "via": {"from": ["x"]}}, "odd_record", "via.from"),
            ({"id": 7, "events": {"kind": "x"}}, "odd_list", "events"),
            ({"id": 7, "events": [{}, {"kind": ["x"]}]}, "odd_plain", "events[1].kind"),
            ({"id": 7, "created_at": 46_000}, "odd_moment", "created_at"),  # a serial of a sheet's
            ({"id": 7, "created_at": 20_260_601}, "odd_moment", "created_at"),
            ({"id": 7, "created_at": False}, "odd_moment", "created_at"),
            ({"id": 7, "replies": "Infinity"}, "odd_number", "replies"),
            ({"id": 7, "replies": 10**40}, "odd_number", "replies"),
        ],
    )
    def test_an_odd_field_sets_it_aside_and_is_named(
        self, given: Any, code: str, path: str
    ) -> None:
        [found] = filed(RawRecord("t.json", 4, given, "tickets[3]"), given)

        assert (found.kind, found.file, found.line) == ("unknown", "t.json", 4)
        assert found.value == {"refused": f"{code} tickets[3].{path}"}

    @pytest.mark.parametrize("given", [{}, [], "", None])
    def test_nothing_may_stand_where_a_record_or_a_list_is_expected(self, given: Any) -> None:
        [found] = filed(RawRecord("t.json", 4, None), {"id": 7, "via": given, "events": given})

        assert found.kind == "ticket"

    @pytest.mark.parametrize("at", [1780272000.0, 1780272000000, "1780272000"])
    def test_a_moment_in_seconds_or_milliseconds_is_read(self, at: Any) -> None:
        assert TICKET({"id": 7.0, "created_at": at}) == {
            "id": 7,
            "created_at": "2026-06-01T00:00:00+00:00",
        }

    @given(JSON)
    def test_whatever_stands_there_it_is_filed_or_set_aside(self, given: Any) -> None:
        record = {"id": 7, "asker": given, "via": given, "events": [given], "replies": given}

        [found] = filed(RawRecord("t.json", 1, None), record)

        assert isinstance(found, CaseRecord)

    def test_an_error_names_the_place_from_the_outside_in(self) -> None:
        assert OddField("odd_plain", "[2].kind").below("events").path == "events[2].kind"


class TestADocument:
    def test_half_an_emoji_and_nul_are_cleaned_in_names_too(self) -> None:
        whole = r'{"cut \ud83d": ["\ude00", "a\u0000b", "\ud83d\ude00", "\\ud83d"]}'

        assert parse_document(whole) == {"cut \ufffd": ["\ufffd", "ab", "😀", r"\ud83d"]}

    @pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999", "9" * 5000])
    def test_a_number_without_end_stays_text(self, number: str) -> None:
        assert parse_document(number) == number

    @pytest.mark.parametrize("depth", [65, 5_000, 200_000])
    def test_a_deep_one_is_none(self, depth: int) -> None:
        with pytest.raises(TooDeep):
            parse_document("[" * depth + "]" * depth)

    def test_a_deep_line_is_one_record_that_nobody_knows(self, tmp_path: Any) -> None:
        path = tmp_path / "t.ndjson"
        path.write_text(f'{{"n": 1}}\n{"[" * 999 + "]" * 999}\n{{"n": 2}}\n')

        assert [(raw.line, raw.value) for raw in records_in(path)] == [
            (1, {"n": 1}),
            (2, None),
            (3, {"n": 2}),
        ]

    @given(JSON)
    def test_what_was_read_can_be_written_anywhere(self, given: Any) -> None:
        read = parse_document(json.dumps(given))

        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
