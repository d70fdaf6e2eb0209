"""Japanese is complete, unfuzzy, and compiled from what is written."""

import ast
import gettext
import re
from pathlib import Path

import click
import pytest
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from shinrai.cli.frame import EXAMPLE
from shinrai.explore.operations.snapshots import table_meanings
from shinrai.site.command_entries import ENTRIES
from shinrai.site.docs import measures
from tests.cli.test_help import help_texts
from tests.console.gallery.render import CONSOLE

FOLDER = CONSOLE / "locale/ja/LC_MESSAGES"
SOURCE = CONSOLE.parent
ENTRY = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?) (".*(?:\n".*)*)', re.M)
CALLS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "_"}
NAMED = re.compile(r"(?<!\{)\{(\w+)[^{}]*\}")
TEXTS = {"Text", "Unknown", "translate"}  # the first words of a call are its message


def written():
    """Read the catalogue as it is written: message -> translation."""
    parts, before = [], ""
    for name, text in ENTRY.findall((FOLDER / "django.po").read_text(encoding="utf-8")):
        if name == "msgctxt" or (name == "msgid" and before != "msgctxt"):
            parts.append({})
        parts[-1][name] = "".join(ast.literal_eval(line) for line in text.splitlines())
        before = name
    return {
        key(one["msgid"], one.get("msgctxt")): one.get("msgstr", one.get("msgstr[0]", ""))
        for one in parts
    }


def key(message, context=None):
    return message if context is None else f"{context}\x04{message}"


def compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key: words for key, words in catalogue.items()}


def calls(folder):
    """Yield every call of a message, and where it stands."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name in CALLS | TEXTS and isinstance(first, ast.Constant) and first.value:
                    yield name, node, path


def asked():
    """List every message that a template, a module or a command's help asks a translation for."""
    for path in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("templates/**/*.md")]):
        for call in re.findall(
            r"n?gettext\(u('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")",
            templatize(path.read_text("utf-8")),
        ):
            yield ast.literal_eval(call), path.relative_to(SOURCE)
        for reason in re.findall(r'{% unknown "([^"]+)"', path.read_text("utf-8")):
            yield reason, path.relative_to(SOURCE)
    for _, node, path in calls(SOURCE):
        found = [word.value for word in node.keywords if word.arg == "context"]
        context = found[0].value if found and isinstance(found[0], ast.Constant) else None
        yield key(node.args[0].value, context), path.relative_to(SOURCE)
    for measure in measures():
        asked_and_counted = (measure.question, measure.numerator, measure.denominator)
        for words in (*asked_and_counted, measure.unknown_when):
            yield key(words, "measure"), f"measure {measure.key}"
    for words in table_meanings():
        yield key(words, "column"), "published tables"
    for entry in ENTRIES:
        yield entry.help, f"command {entry.name}"
    for words, path in help_texts():
        if not words.startswith(EXAMPLE):
            yield words, path


def of_click():
    """List the messages of click's own; it asks for some by a variable."""
    return {EXAMPLE, "required", "Directory", "Path"} | {
        node.args[0].value for _, node, _ in calls(Path(click.__file__).parent)
    }


def test_nothing_is_left_untranslated_or_fuzzy():
    catalogue = written()
    assert [msgid for msgid, words in catalogue.items() if not words] == []
    assert "fuzzy" not in (FOLDER / "django.po").read_text(encoding="utf-8")


def test_what_is_compiled_is_what_is_written():
    """If this fails: msgfmt -o django.mo django.po in the folder of the catalogue."""
    assert compiled() == written()


def test_every_string_of_every_page_has_a_japanese_one():
    with translation.override("ja"):
        gathered = trans_real.catalog()._catalog._catalogs
    known = {k[0] if isinstance(k, tuple) else k for catalogue in gathered for k in catalogue}
    missing = {
        f"{path}: {msgid}"
        for msgid, path in asked()
        if msgid not in known and re.search(r"[^\W\d_]", NAMED.sub("", msgid))
    }
    assert missing == set()


def test_the_catalogue_keeps_nothing_that_nobody_asks_for():
    assert set(written()) - {msgid for msgid, _ in asked()} - of_click() == {""}


def test_a_text_has_the_values_its_message_names():
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for name, node, path in calls(SOURCE)
        if name in TEXTS
        and None not in (given := {word.arg for word in node.keywords} - {"context"})
        and given  # without values it waits for `using`
        and not set(NAMED.findall(node.args[0].value)) <= given
    ]
    assert wrong == []


@pytest.mark.parametrize("mark", [r"%\(\w+\)s", r"<[^>]+>"])
def test_placeholders_and_tags_survive_translation(mark):
    for msgid, words in written().items():
        if msgid and "%(n)s" not in words:
            assert sorted(re.findall(mark, words)) == sorted(re.findall(mark, msgid)), msgid


def test_japanese_names_no_value_that_english_does_not():
    """It may leave one out: what the system says of an error is English."""
    clicks = of_click()
    odd = [
        msgid
        for msgid, words in written().items()
        if msgid not in clicks and not set(NAMED.findall(words)) <= {*NAMED.findall(msgid), "count"}
    ]
    assert odd == []


# Words that GLOSSARY.md settled otherwise: one for each state, none of a clock on a wall.
UNSAID = "期限切れ|期限間近|サインイン|サインアウト|時計を止め|時計が止ま"
# 次 alone is "the next"; of a line of support it stands after a digit, else 担当ライン is said.
ALONE = "(?:どの|その|上の|所属する|到達の|チームと|・)次(?=は|の|が|・|まで|に|（|で|$)|次は不明"


def test_japanese_says_each_idea_in_its_one_word():
    said = [
        f"{path.relative_to(SOURCE)}:{number}"
        for suffix in ("py", "po", "html")
        for path in sorted(SOURCE.rglob(f"*.{suffix}"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(f"{UNSAID}|{ALONE}", line)
    ]

    assert said == []
