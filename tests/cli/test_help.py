"""What commands say of themselves, in both languages; and click's own words."""

import gettext
import re

import pytest

from shinrai.cli.frame import EXAMPLE, paragraphs
from shinrai.cli.language import CATALOGUE, FOLDER, _chosen
from shinrai.site import main

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def english_again(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    before = _chosen.set(None)
    yield
    _chosen.reset(before)
    gettext.textdomain("messages")


def said_of_themselves():
    """List every help text of every command and option, and whose it is."""
    waiting = [(entry.name, entry.load()) for entry in main.ENTRIES] + [("", main.shinrai)]
    while waiting:
        path, command = waiting.pop()
        yield from ((words, path) for words in paragraphs(command.help or ""))
        for option in command.params:
            if words := getattr(option, "help", None):
                yield " ".join(words.split()), f"{path} {option.opts[0]}"
        if path:
            inner = getattr(command, "commands", {})
            waiting += [(f"{path} {name}", one) for name, one in inner.items()]


def test_every_command_and_option_says_it_in_japanese_too():
    catalogue = gettext.translation(CATALOGUE, FOLDER, languages=["ja"])

    silent = [
        (path, words)
        for words, path in said_of_themselves()
        if not words.startswith(EXAMPLE) and not JAPANESE.search(catalogue.gettext(words))
    ]
    assert silent == []


def test_nothing_is_translated_that_nobody_says():
    """A help text that was changed leaves its old translation behind: it is to be changed too."""
    text = (FOLDER / "ja/LC_MESSAGES/cli.po").read_text(encoding="utf-8")
    ours = text.partition("# what our own commands say of themselves")[2]
    asked = {words for words, _ in said_of_themselves()}

    written = {eval(line) for line in re.findall(r"^msgid (.+)$", ours, re.M)}
    assert written - asked == set()


def test_the_compiled_catalogue_is_what_is_written():
    text = (FOLDER / "ja/LC_MESSAGES/cli.po").read_text(encoding="utf-8")
    with (FOLDER / "ja/LC_MESSAGES/cli.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    pairs = re.findall(r"^msgid (.+)\nmsgstr (.+)$", text, re.M)[1:]
    assert len(pairs) > 100
    assert [key for key, words in pairs if compiled.gettext(eval(key)) != eval(words)] == []


def test_help_in_japanese(capsys):
    assert main.run(["--lang", "ja", "calendars", "due", "--help"]) == 0

    said = capsys.readouterr().out
    assert "使い方: shinrai calendars due" in said
    assert "期限とその理由を答えます。" in said
    assert "--business-days 2 --by close --pause 2026-06-03T10:00/ --json" in said
    assert "[必須]" in said


def test_a_slip_of_the_pen_in_japanese(capsys):
    assert main.run(["--lang", "ja", "calendars", "due", "--caldar", "x"]) == 2

    said = capsys.readouterr().err
    assert "'--caldar' というオプションはありません。" in said
    assert "もしかして: '--calendar'" in said


def test_help_in_english_stays_english(capsys):
    assert main.run(["calendars", "due", "--help"]) == 0

    said = capsys.readouterr().out
    assert not JAPANESE.search(said)
    assert "Say when something is due, and why" in said
