"""Documents of nothing but brackets are refused before their readers begin to crawl."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.fields import read_yaml as read_calendar_text
from shinrai.desk.pages.calendar_form import _has_aliases
from shinrai.importers.mapping_files import parse
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.objectives.rules.yaml_text import BadYaml, read_yaml


def mapping_text(text: str) -> Any:
    return parse(text, where="own.yaml")


@pytest.mark.parametrize("begins", ["[", "{", '"k": [', "- [", "[ ']', ", "[#]\n"])
@pytest.mark.parametrize(
    "read", [read_calendar_text, read_yaml, mapping_text], ids=["calendar", "objective", "mapping"]
)
def test_brackets_without_end_are_refused_at_once(begins: str, read: Callable[[str], Any]) -> None:
    begun = time.process_time()
    text = begins * (200_000 // len(begins))
    with pytest.raises((BadCalendar, BadYaml, BadMapping)):
        read(text)
    assert not _has_aliases(text)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("odd", ["!!int x", "!!int ''", "!!bool x", "!!timestamp x", "!!float x"])
@pytest.mark.parametrize(
    "read", [read_calendar_text, read_yaml, mapping_text], ids=["calendar", "objective", "mapping"]
)
def test_a_value_of_another_kind_is_refused(odd: str, read: Callable[[str], Any]) -> None:
    with pytest.raises((BadCalendar, BadYaml, BadMapping), match="of the kind"):
        read(f"version: {odd}")


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(BadMapping, match="of the kind int"):
        mapping_text("version: " + "9" * 5_000)


def test_what_people_nest_is_read() -> None:
    assert read_yaml("a: " + "[" * 60 + "]" * 60)
