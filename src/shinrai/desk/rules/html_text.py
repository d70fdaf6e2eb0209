"""Plain text from words that a source stored as HTML; other words stay unchanged."""

import re
from html import unescape

# Only marks that forms and forums write, and only in words that are laid out with them: whatever
# else is in angle brackets, somebody typed it.
_MARKS = (
    "p|br|div|span|ul|ol|li|a|b|i|u|em|strong|code|pre|blockquote|h[1-6]|hr|img"
    "|table|thead|tbody|tr|td|th"
)
_TAG = re.compile(rf"</?(?:{_MARKS})(?:\s[^<>]*)?/?>", re.I)
_LAYOUT = re.compile(r"<(?:p|br|div|ul|ol|li|blockquote|h[1-6]|a\s+href)\b[^<>]*>", re.I)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr|blockquote|pre)>", re.I)
_GAPS = re.compile(r"\n{3,}")


def plain_text(words: str) -> str:
    """Remove HTML tags and entities from words that contain HTML; paragraphs stay separate."""
    if not _LAYOUT.search(words):
        return words
    broken = _BREAK.sub("\n", words)
    return _GAPS.sub("\n\n", unescape(_TAG.sub("", broken))).strip()
