"""What is read many at a time is read as one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.mapping_files import parse
from shinrai.importers.rules.derive.case import MERGED, _first_unfit
from shinrai.importers.rules.moments import MomentReader, MomentStyle, SourceClock, UnreadableMoment
from shinrai.importers.rules.observation.cell_values import NamedPerson, UnreadableRow
from shinrai.importers.rules.observation.chunks import chunk_observer
from shinrai.importers.rules.observation.duplicates import FirstLines
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.rules.observation.packed_rows import (
    RowPacker,
    moments_of,
    pack_moments,
    replacement,
    unpack,
)
from shinrai.importers.rules.observation.quarter_hours import QUARTER_US, QuarterHours
from shinrai.importers.rules.observation.rows import ObservedRow, row_observer
from shinrai.inquiries.rules.kinds import KINDS
from shinrai.inquiries.rules.replay import replay
from shinrai.ledger.rules.steps import Step

pytestmark = pytest.mark.pure

LOG = """
mapping: log
source: our-log
record: inquiry
tables:
  steps:
    rows: steps
    zone: Europe/Berlin
    moments: [iso, "%d.%m.%Y %H:%M"]
    key: no
    revision: [day, rev]
    order: rev
    missing: ["", "?"]
    customer: who
    at: at
    kind: {column: what, words: {new: received, mail: inbound, reply: outbound, done: solved,
                                 see: nothing}}
    by: {column: by, person: staff}
    role: {column: who acts, words: {C: customer, A: agent}}
    tier: {column: line, words: {L1: 1, L2: 2}}
    fields: {channel: {column: way, words: {Mail: mail}, otherwise: other}}
    detail: {group: {column: group}, tags: {column: tags, list: ","}}
    source_says: {minutes: {column: minutes}}
    words: {remark: {column: remark}}
    text: {column: text, text: html, missing_column: ok}
"""
COLUMNS = (
    *("no", "day", "rev", "who", "at", "what", "by", "line", "way", "group", "tags"),
    *("minutes", "remark", "text", "who acts"),
)
MOMENTS = (
    *("2026-03-29 01:59", "2026-03-29 02:30", "2026-10-25 02:30:15", "2026-06-02T09:05:59+09:00"),
    *("2.6.2026 9:05", "02.06.2026 09:05", " 2026-06-02 09:05", "2026-06-02 09:60", "", "?", "x"),
    "2026-06-02T09:05:59.25Z",
    *("1905-07-18 10:00", "2101-01-01 00:00", "07.06.2026 09:05", "#REF!"),
)
WRITINGS = (
    MomentStyle(),
    MomentStyle(formats={"at": ("iso", "%m.%d.%Y %H:%M")}),
)


def cells_like(*usual: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*usual, "", "?", " ", "#N/A", "#SPILL!"]) | st.text(max_size=4)


ROW = st.tuples(
    cells_like("1", "2", "1 ", "１"),
    cells_like("a", "b" * 149),
    cells_like("1", "2", "10", "9" * 20, "-3"),
    cells_like("U-1", "U-2"),
    st.sampled_from(MOMENTS),
    cells_like("new", "mail", "reply", "done", "see"),
    cells_like("森下", "mori"),
    cells_like("L1", "L2"),
    cells_like("Mail"),
    cells_like("g1", "x" * 301),
    cells_like("a,b", "a"),
    cells_like("5"),
    cells_like("memo"),
    cells_like("<p>いつ直りますか。</p>", "ok"),
    cells_like("C", "A"),
)


@given(
    st.lists(st.lists(ROW, max_size=8), max_size=3),
    st.sampled_from(WRITINGS),
    st.sampled_from(["at: at", "at: {join: [at, time]}"]),
    st.sampled_from(COLUMNS),
)
def test_columns_say_what_rows_say(
    stretches: list[list[tuple[str, ...]]], writing: MomentStyle, at: str, lacking: str
) -> None:
    """Also where a file has no text, writes months first, or the time of day in another column."""
    mapping = parse(LOG.replace("at: at", at), where="test")
    [table] = mapping.tables
    lacks_text = lacking == "text"
    names = ["other" if name == "text" and lacks_text else name for name in COLUMNS]
    header = TableHeader((*names, "time"), "test.csv")
    one = row_observer(mapping, table, header, table.zone, writing)
    many = chunk_observer(mapping, table, header, table.zone, writing=writing)

    for stretch in stretches:
        rows = [(line, (*cells, "9:05")) for line, cells in enumerate(stretch, start=2)]
        told = many([line for line, _ in rows], [cells for _, cells in rows])
        for (line, cells), found in zip(rows, told, strict=True):
            try:
                alone: ObservedRow | UnreadableRow = one(line, cells)
            except UnreadableRow as aside:
                alone = aside
            if isinstance(alone, UnreadableRow):
                assert isinstance(found, UnreadableRow)
                assert (found.field, found.reason) == (alone.field, alone.reason)
            else:
                assert found == alone
                assert repr(found) == repr(alone)  # the order of facts too


@given(st.lists(st.lists(st.integers(-9, 9), max_size=9), max_size=9))
def test_a_key_is_known_from_the_line_it_stood_on_first(stretches: list[list[int]]) -> None:
    known: dict[int, int] = {}
    first = FirstLines()
    line = 1
    for keys in stretches:
        lines = list(range(line + 1, line + 1 + len(keys)))
        line += len(keys)
        expected = {
            place: known[key]
            for place, (key, own) in enumerate(zip(keys, lines, strict=True))
            if known.setdefault(key, own) != own
        }
        assert first.take(keys, lines) == expected


@given(
    st.datetimes(datetime(1969, 12, 31), datetime(2040, 1, 1)),
    st.sampled_from(["{:%Y-%m-%d %H:%M:%S}", "{:%Y-%m-%dT%H:%M:%S}", "{:%Y/%m/%d %H:%M}"]),
    st.sampled_from(["", "Z", "+05:30", "-03:00"]),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=5),
    st.sampled_from(["Australia/Lord_Howe", "Asia/Tokyo", "Africa/Monrovia", "Asia/Kathmandu"]),
    st.sampled_from([None, datetime(2026, 6, 2, 9, 20)]),
)
def test_a_moment_is_the_same_by_its_hour(at, form, offset, others, zone, until) -> None:
    clocks = [SourceClock("UTC", until)] if until else []
    formats = ("iso", "%Y/%m/%d %H:%M")
    reader = MomentReader(formats, zone, clocks)
    for minute, second in [(at.minute, at.second), *others, (0, 0), (20, 0)]:
        cell = form.format(at.replace(minute=minute, second=second)) + offset
        try:
            expected = MomentReader(formats, zone, clocks)._read(cell)
        except UnreadableMoment:
            with pytest.raises(UnreadableMoment):
                reader.read(cell)
        else:
            assert reader.read(cell) == expected


STEP = st.tuples(
    st.sampled_from([*KINDS, "unheard-of"]),
    st.fixed_dictionaries(
        {},
        optional={
            "merged_from": st.just("7"),
            "on": st.sampled_from(["customer", "problem"]),
            "group": st.just("g"),
            "reason": st.just("spam"),
        },
    ),
    st.sampled_from([None, 1, 3]),
    st.timedeltas(timedelta(), timedelta(days=2)),
)


@given(st.lists(STEP, max_size=12))
def test_which_step_fits_hangs_on_the_kinds_alone(told) -> None:
    at = datetime(2026, 6, 2, tzinfo=UTC)
    steps = []
    for number, (kind, detail, tier, later) in enumerate(told):
        at += later
        steps.append(Step(number, at, at, kind, "staff:1", "agent", tier, detail))

    flags = replay(steps).flags
    kinds = tuple(
        MERGED if kind == "received" and "merged_from" in detail else kind
        for kind, detail, _, _ in told
    )
    assert _first_unfit(kinds, "inquiry") == (flags[0].sequence if flags else None)


@given(st.lists(st.tuples(st.integers(-(2**60), 2**60), st.text(max_size=5)), max_size=6))
def test_packed_rows_come_out_as_they_went_in(told) -> None:
    rows = [
        ObservedRow(number, "1", key, at, {"at": at, "by": NamedPerson("staff", key), "n": None})
        for number, (at, key) in enumerate(told)
    ]

    packing = RowPacker()

    said = packing.packed(rows)

    swaps = [
        replacement(stand_in, f"staff:{len(row.row_key)}")
        for row in rows
        if (stand_in := packing.stand_in(row.facts["by"])) is not None
    ]
    assert unpack(packing.together(said, swaps)) == [
        (row.row_key, row.line, row.facts | {"by": f"staff:{len(row.row_key)}"}) for row in rows
    ]


@pytest.mark.parametrize("count", [15, 16, 65_535, 65_536])
def test_lists_of_any_length_are_opened_as_they_were_packed(count: int) -> None:
    packing = RowPacker()
    rows = [ObservedRow(number, "1", "1", None, {}) for number in range(count)]

    assert len(unpack(packing.together(packing.packed(rows), []))) == count


def test_nobody_stays_without_a_number() -> None:
    packing = RowPacker()
    said = packing.packed([ObservedRow(1, "1", "1", 0, {"by": NamedPerson("staff", "森下")})])

    with pytest.raises(AssertionError, match="no number"):
        packing.together(said, [])


@given(st.lists(st.lists(st.integers(-(2**55), 2**55), max_size=5), max_size=5))
def test_quarters_count_every_moment_once(stretches: list[list[int]]) -> None:
    counted = QuarterHours()
    for moments in stretches:
        rows = [ObservedRow(1, "1", "1", at, {}) for at in moments]
        told = [at for row in rows for at in moments_of(row, is_sheet=False)]
        counted.add_packed(pack_moments(told))

    every = [at // QUARTER_US for moments in stretches for at in moments]
    assert counted.quarters.tolist() == sorted(set(every))
    assert counted.counts.tolist() == [every.count(quarter) for quarter in sorted(set(every))]
