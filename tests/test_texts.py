"""One text catalogue: no Japanese and no pairs of languages in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import shinrai
from shinrai.units.text import Text, bilingual, in_both_languages, joined, translated

PLAIN_FORM = re.compile(r"[^\[\]]*")
PACKAGE = Path(shinrai.__file__).parent
# What reads Japanese, rather than writes it; and the sample company, whose texts are its data.
READERS = {
    "calendars/rules/calendar_form.py",
    "calendars/rules/declared_events.py",
    "explore/rules/chart_words.py",
    "importers/chatwoot/changes.py",
    "importers/jira/names.py",
    "importers/jira/sla_cycles.py",
    "importers/mbox/bodies.py",
    "importers/mbox/charsets.py",
    "importers/mbox/mail.py",
    "importers/mbox/quotes.py",
    "importers/rules/moment_formats.py",
    "importers/sheet/cases.py",
    "importers/sheet/date_text.py",
    "trends/rules/new_words.py",
    "importers/sheet/layout.py",
    "importers/sheet/role_words.py",
    "inquiries/rules/substantive.py",
    "privacy/rules/masking.py",
    "privacy/rules/names.py",
    "revenue/rules/columns.py",
    "revenue/rules/money.py",
    "revenue/rules/rows.py",
    "satisfaction/rules/columns.py",
    "satisfaction/rules/rows.py",
    "satisfaction/rules/sheet.py",
    "usage/rules/event.py",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module but migrations and the sample company."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if "migrations" not in path.parts and not name.startswith("sample/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def is_japanese(text: object) -> bool:
    return isinstance(text, str) and any("\u3040" <= sign <= "\u9fff" for sign in text)


def docstrings(tree: ast.Module) -> set[ast.expr]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    firsts = (node.body[0] for node in ast.walk(tree) if isinstance(node, holders) and node.body)
    return {first.value for first in firsts if isinstance(first, ast.Expr)}


def test_japanese_stands_in_the_catalogue_alone() -> None:
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and is_japanese(node.value)
        and node not in docstrings(tree)
    }

    assert found == READERS


def test_no_text_is_written_as_a_pair() -> None:
    """`f(en=…, ja=…)` and `{"en": "…", "ja": "…"}` say twice what a message says once."""
    pairs = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and {"en", "ja"} <= {word.arg for word in node.keywords})
        or (
            isinstance(node, ast.Dict)
            and {"en", "ja"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
            and any(isinstance(value, ast.Constant | ast.JoinedStr) for value in node.values)
        )
    ]

    assert pairs == []


class TestText:
    def test_a_message_is_english_and_the_key_of_its_translation(self) -> None:
        text = Text("{count} case is late", "{count:,} cases are late", context="all", count=1200)

        assert str(text) == "1,200 cases are late"
        assert text["ja"] == "1,200件が超過中です"
        assert in_both_languages(text, 5) == {"en": "1,200", "ja": "1,200"}

    def test_the_count_chooses_the_plural(self) -> None:
        text = Text("{count} case is late", "{count:,} cases are late", context="all", count=1)

        assert str(text) == "1 case is late"

    def test_values_are_texts_or_lists_of_texts(self) -> None:
        text = Text("{said}.", said=["A", Text("none yet")])

        assert (str(text), text["ja"]) == ("A, none yet.", "A、まだなし。")

    def test_a_value_begins_a_sentence(self) -> None:
        text = Text("{moved:capfirst}!", moved=Text("none yet"))

        assert (str(text), text["ja"]) == ("None yet!", "まだなし!")

    def test_what_is_typed_is_never_read_as_a_message(self) -> None:
        text = Text("{said}.", said="{0} {name} %s")

        assert text["ja"] == "{0} {name} %s。"

    def test_data_may_bring_both_languages(self) -> None:
        name = bilingual("Greenery Day", "みどりの日")

        assert (str(name), name["ja"]) == ("Greenery Day", "みどりの日")

    def test_nothing_is_nothing(self) -> None:
        assert translated(Text(""), "ja") == translated([], "ja") == ""

    def test_several_stand_one_after_the_other(self) -> None:
        assert joined([Text("none yet"), Text("none")])["ja"] == "まだなし\nなし"


def test_what_stands_in_braces_is_a_value() -> None:
    """Braces that are meant as they stand are doubled: `{{join: [DATE, TIME]}}`."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"
        for message in node.args
        if isinstance(message, ast.Constant) and isinstance(message.value, str)
        for _, field, form, _ in Formatter().parse(message.value)
        if field is not None
        and not (field.split(".")[0].isidentifier() and PLAIN_FORM.fullmatch(form or ""))
    ]

    assert wrong == []
