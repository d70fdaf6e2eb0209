"""Japanese is complete, unfuzzy, and compiled from what is written."""

import ast
import gettext
import re

import pytest
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from tests.console.gallery.render import CONSOLE

FOLDER = CONSOLE / "locale/ja/LC_MESSAGES"
SOURCE = CONSOLE.parent
# Entries stand apart by a blank line; two that a merge set close together are two all the same.
BETWEEN = re.compile(r'\n\n|(?<=")\n(?=#|msgid ")')
ENTRY = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d+\])?) (".*(?:\n".*)*)', re.M)
CALLS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "_"}


def written():
    """Read the catalogue as it is written: msgid -> translation."""
    entries = {}
    for block in BETWEEN.split((FOLDER / "django.po").read_text(encoding="utf-8")):
        parts = {
            name: "".join(ast.literal_eval(line) for line in text.splitlines())
            for name, text in ENTRY.findall(block)
        }
        if parts:
            entries[parts["msgid"]] = parts.get("msgstr", parts.get("msgstr[0]", ""))
    return entries


def compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key: words for key, words in catalogue.items()}


def asked():
    """List every string a template or module of the house asks a translation for."""
    for path in sorted(SOURCE.rglob("*.html")):
        for call in re.findall(
            r"n?gettext\(u('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")",
            templatize(path.read_text("utf-8")),
        ):
            yield ast.literal_eval(call), path.relative_to(SOURCE)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name in CALLS and isinstance(first, ast.Constant):
                    yield first.value, path.relative_to(SOURCE)


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
    missing = {f"{path}: {msgid}" for msgid, path in asked() if msgid not in known}
    assert missing == set()


def test_the_catalogue_keeps_nothing_that_no_page_asks_for():
    assert set(written()) - {msgid for msgid, _ in asked()} == {""}


@pytest.mark.parametrize("mark", [r"%\(\w+\)s", r"<[^>]+>", r"\{\w*\}"])
def test_placeholders_and_tags_survive_translation(mark):
    for msgid, words in written().items():
        if msgid and "%(n)s" not in words:
            assert sorted(re.findall(mark, words)) == sorted(re.findall(mark, msgid)), msgid


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
