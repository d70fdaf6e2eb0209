"""Template filters for what children read: Japanese with kana above the kanji, or in kana."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import visible_words
from shinrai.missions.rules.activity import Activity
from shinrai.missions.rules.furigana import Piece, Script, of_marked, of_title, written
from shinrai.missions.rules.pins import PinRule
from shinrai.units.text import Text

register = template.Library()


@register.filter
def child(text: Text, script: Script) -> str | SafeString:
    """Write a text for a child: `{{ today.text|child:script }}`."""
    pieces = of_marked(reader_text(text))
    return _ruby(pieces) if script == "furigana" else written(pieces, script)


@register.filter
def child_title(one: Activity | PinRule, script: Script) -> str | SafeString:
    """Write the title of an activity or a pin, with its declared reading in Japanese."""
    title = visible_words(one.title_in(reader_language()))
    if script != "furigana" or reader_language() != "ja" or not one.title_ja:
        return title
    return _ruby(of_title(title, visible_words(one.reading)))


def _ruby(pieces: Iterable[Piece]) -> SafeString:
    # Brackets are for browsers and readers of screens that know no ruby.
    form = "<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>"
    return format_html_join(
        "", "{}", ((format_html(form, *piece) if piece[1] else piece[0],) for piece in pieces)
    )
