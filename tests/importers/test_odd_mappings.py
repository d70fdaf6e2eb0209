"""Mappings somebody wrote in haste: whatever stands where, the answer names the place."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.importers.mapping_files import LARGEST, SHIPPED, load_mapping, parse, shipped_names
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.rules.mapping.parse import read_mapping
from shinrai.importers.rules.moments import IN_CELL
from shinrai.importers.rules.observation.chunks import chunk_observer
from shinrai.importers.rules.observation.header import TableHeader
from shinrai.importers.xes.events import events
from shinrai.units.text import in_both_languages

DOCUMENTS = {
    name: yaml.safe_load(SHIPPED.joinpath(f"{name}.yaml").read_text("utf-8"))
    for name in shipped_names()
}
ODD: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("inf"), float("nan"), "", " ", "x", "nothing", "\x00",
    "\ud800", "a" * 500, [], [[]], [{}], [None], [1, [2]], {}, {"": ""}, {"x": {}}, {"column": []},
    {"column": None}, {"fixed": []}, {"join": []}, {"join": [[]]}, {"is": []}, {"last": {}},
    {"words": []}, {"first_match": [{}]}, {"first_match": [{"matches": "(", "is": {}}]}, {1: 2},
    {"column": "x", "words": {"a": []}}, {"column": ["x"], "otherwise": {}}, {"assumed": []},
    {"column": "x", "list": ""}, {"split": "", "into": []}, ["%Y", "%Y"], ["hex", "zlib"],
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if not isinstance(value, (dict, list)):
        return found
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found += places(inner, (*path, key))
    return found


PLACES = {name: places(document) for name, document in DOCUMENTS.items()}


def words(value: Any) -> set[str]:
    """Gather all words of a document: among them the names of columns."""
    if isinstance(value, dict):
        return set().union(*map(words, [*value, *value.values()]))
    if isinstance(value, list):
        return set().union(*map(words, value))
    return {str(value)} if value not in (None, "") else set()


def used(document: Any, columns: tuple[str, ...]) -> None:
    """Read a mapping, and rows with it, as an import does."""
    mapping = read_mapping(document, where="mine.yaml")
    for table in mapping.tables:
        observe = chunk_observer(mapping, table, TableHeader(columns, "x.csv"), IN_CELL)
        rows = [[cell] * len(columns) for cell in ("7", "2026-06-01T10:00:00Z", "x", "")]
        observe([1, 2, 3, 4], rows)


COLUMNS = {name: tuple(sorted({*words(one), "x"})) for name, one in DOCUMENTS.items()}


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_an_odd_value_is_refused_or_read_and_never_breaks(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DOCUMENTS)))
    document = deepcopy(DOCUMENTS[name])
    for path in data.draw(st.lists(st.sampled_from(PLACES[name]), min_size=1, max_size=2)):
        holder = document
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = data.draw(st.sampled_from(ODD))
        except (TypeError, KeyError, IndexError):
            continue  # its place is gone by the change before
    with suppress(BadMapping):
        used(document, COLUMNS[name])


@pytest.mark.parametrize("name", [
    "hex", "base64", "zlib", "rot13", "uu", "bz2", "undefined", "unicode_escape", "utf-7", "cp037",
    "a\x00b", "\ud800", "", "nobody",
])  # fmt: skip
def test_what_is_no_encoding_of_texts_is_refused(name: str) -> None:
    document = deepcopy(DOCUMENTS["inquiry_steps"])
    next(iter(document["tables"].values()))["encodings"] = [name]

    with pytest.raises(BadMapping, match="no encoding is called"):
        read_mapping(document, where="mine.yaml")


@pytest.mark.parametrize("name", ["utf-8-sig", "cp932", "euc_jp", "utf-16", "latin-1", "gb18030"])
def test_usual_encodings_stay(name: str) -> None:
    document = deepcopy(DOCUMENTS["inquiry_steps"])
    next(iter(document["tables"].values()))["encodings"] = [name]

    assert read_mapping(document, where="mine.yaml").tables[0].encodings == (name,)


def test_a_complaint_quotes_one_short_line() -> None:
    """A page was asked to read /etc/passwd as a mapping: nobody learns what it says."""
    secrets = "\n".join(f"user{n}:x:{n}:secret-{n}" for n in range(200))

    with pytest.raises(BadMapping) as error:
        parse(secrets, where="mine.yaml")

    for words in in_both_languages(error.value.text).values():
        assert "user9" not in words
        assert len(words) < 200


def test_a_mapping_has_a_limit(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mapping: x\n" + "# more\n" * (LARGEST // 7))

    with pytest.raises(BadMapping, match="256 KB at most"):
        load_mapping(str(path))


def test_the_same_key_among_thousands_is_found_at_once() -> None:
    keys = "\n".join(f"k{number}: 1" for number in range(20_000))

    with pytest.raises(BadMapping, match="'k7' stands twice"):
        parse(f"{keys}\nk7: 2\n", where="mine.yaml")


@pytest.mark.parametrize("name", ["xUTF-8", "hex", "shift_jis", "zlib"])
def test_a_log_in_an_encoding_nobody_knows_is_refused(tmp_path, name: str) -> None:
    from shinrai.importers.tables.table import UnreadableTable

    path = tmp_path / "log.xes"
    path.write_bytes(f'<?xml version="1.0" encoding="{name}"?><log/>'.encode())

    with pytest.raises(UnreadableTable, match=r"encoding|not XML"):
        list(events(path))


def test_a_complaint_never_repeats_a_format_without_end() -> None:
    document = deepcopy(DOCUMENTS["inquiry_steps"])
    document["tables"]["steps"]["moments"] = ["%d" * 50_000]
    with pytest.raises(BadMapping, match="longer than 100") as refused:
        read_mapping(document, where="own.yaml")
    assert len(str(refused.value)) < 400
