"""What commands say of themselves, in both languages; and click's own words."""

import gettext
import re

import pytest

from shinrai.cli.frame import EXAMPLE, paragraphs
from shinrai.cli.language import _chosen
from shinrai.site import main
from shinrai.site.command_entries import ENTRIES
from shinrai.units.text import DOMAIN, LOCALE

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def english_again(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    before = _chosen.set(None)
    yield
    _chosen.reset(before)
    gettext.textdomain("messages")


def help_texts():
    """List every help text of every command and option, and whose it is."""
    waiting = [(entry.name, entry.load()) for entry in ENTRIES] + [("", main.shinrai)]
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
    catalogue = gettext.translation(DOMAIN, LOCALE, languages=["ja"])

    silent = [
        (path, words)
        for words, path in help_texts()
        if not words.startswith(EXAMPLE) and not JAPANESE.search(catalogue.gettext(words))
    ]
    assert silent == []


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
