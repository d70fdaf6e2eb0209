"""Decodes bytes as text, whatever charset they claim; it never raises.

Japanese mail is seldom in the charset it names: Windows characters (①, ㈱, 髙) are labelled
ISO-2022-JP or Shift_JIS, which do not have them, and half-width kana are used where not allowed.
"""

import re
from typing import Final, NamedTuple

_SAME: Final = {
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932", "ms932"),
        "cp932",
    ),
    **dict.fromkeys(("x-euc-jp", "eucjp", "euc-jp", "euc_jp"), "euc_jp"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1"), "cp1252"),
    "utf8": "utf-8",
    "cp-850": "cp850",
}
_PLAIN: Final = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "8bit"})
_ESCAPE: Final = re.compile(rb"\x1b(\$[@B]|\$\([@BDQ]|\([BJHI]|&@\x1b\$B)")
_KANA: Final = re.compile("[ぁ-んァ-ヶー]")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")


class DecodedText(NamedTuple):
    """A decoded text, and whether the bytes were in the charset they claimed."""

    text: str
    fits: bool


def as_text(content: bytes, charset: str | None = None) -> DecodedText:
    """Decode bytes with the charset they claim, or with the best fitting one if that fails."""
    claimed = (charset or "").strip().strip("\"'").lower()
    if b"\x1b$" in content or b"\x1b(I" in content:
        return DecodedText(_jis(content), claimed in _PLAIN or claimed.startswith("iso-2022-jp"))
    if claimed in _PLAIN or claimed.startswith("iso-2022-jp"):
        text = _tried(content, "ascii")
        return (
            DecodedText(clean(text), True)
            if text is not None
            else DecodedText(_guess(content), False)
        )
    text = _tried(content, _SAME.get(claimed, claimed))
    return (
        DecodedText(clean(text), True) if text is not None else DecodedText(_guess(content), False)
    )


def clean(text: str) -> str:
    """Remove NUL and replace half characters, as no table can hold them."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _tried(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except (LookupError, ValueError, RecursionError):
        return None


def _guess(content: bytes) -> str:
    """Decode with the charset that fits: UTF-8 first; Japanese is recognised by its kana."""
    text = _tried(content, "utf-8")
    if text is not None:
        return clean(text)
    tried = [found for name in ("cp932", "euc_jp") if (found := _tried(content, name)) is not None]
    japanese = [found for found in tried if _KANA.search(found)]
    if japanese:
        return clean(max(japanese, key=_japaneseness))
    western = _tried(content, "cp1252")
    # Mostly UTF-8 and damaged, or of the west: bytes of UTF-8 come in pairs and more.
    if western is None or re.search(rb"[\xc2-\xf4][\x80-\xbf]", content):
        return clean(content.decode("utf-8", "replace"))
    return clean(western)


def _japaneseness(text: str) -> int:
    return len(_KANA.findall(text)) - len(_HALF_WIDTH.findall(text))


def _jis(content: bytes) -> str:
    """Decode ISO-2022-JP as it is used: with Windows characters, half-width kana, missing bytes.

    **Source:** JIS X 0208 pairs are converted to Shift_JIS by the arithmetic of JIS X 0208 annex 1;
    cp932 then has what Windows added in rows 13 and 89 to 92.
    """
    parts = _ESCAPE.split(content)
    found = [as_ascii(parts[0])]
    for sign, piece in zip(parts[1::2], parts[2::2], strict=True):
        if sign == b"(I":
            found.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        elif sign.startswith(b"("):
            found.append(as_ascii(piece))
        elif sign in (b"$(D", b"$(Q"):
            found.append((b"\x1b" + sign + piece + b"\x1b(B").decode("iso2022_jp_ext", "replace"))
        else:
            found.append(_pairs(piece))
    return clean("".join(found))


def as_ascii(piece: bytes) -> str:
    """Decode what is between Japanese parts: ASCII, or other bytes that were pasted in."""
    text = _tried(piece, "ascii")
    return _guess(piece) if text is None else text


def _pairs(piece: bytes) -> str:
    out = bytearray()
    place = 0
    while place < len(piece):
        first = piece[place]
        if first < 0x21 or first > 0x7E:  # a line end that came before the escape back
            out.append(first if first < 0x80 else 0x3F)
            place += 1
            continue
        second = piece[place + 1] if place + 1 < len(piece) else 0
        if not 0x21 <= second <= 0x7E:
            place += 1  # half a sign
            continue
        trail = second + (0x7E if first % 2 == 0 else 0x1F if second < 0x60 else 0x20)
        lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
        out += bytes((lead, trail))
        place += 2
    return out.decode("cp932", "replace")
