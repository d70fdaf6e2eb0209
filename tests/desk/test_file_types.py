"""Files are told by their content; what is refused is named, in both languages."""

import pytest

from shinrai.desk.rules.files import MOST_BYTES, BadFile, NewFile, check_files, media_type_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
LOG = "2026-06-03 11:40 エラー 0x1f\r\n\x1b[31m失敗\x1b[0m"
GOOD = {
    "screen.png": (PNG, "image/png"),
    "SCREEN.JPG": (b"\xff\xd8\xff\xe0" + bytes(60), "image/jpeg"),
    "a.gif": (b"GIF89a" + bytes(9), "image/gif"),
    "a.webp": (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9), "image/webp"),
    "手順.pdf": (b"%PDF-1.7\n", "application/pdf"),
    "app.log": (LOG.encode(), "text/plain; charset=utf-8"),
    "app.log.1": (LOG.encode("cp932"), "text/plain; charset=shift_jis"),
    "messages": (LOG.encode("utf-16"), "text/plain; charset=utf-16"),
    "bom.csv": (b"\xef\xbb\xbfa,b", "text/plain; charset=utf-8"),
}
BAD = {
    "a PNG that calls itself a text": ("screen.txt", PNG),
    "a text that calls itself a picture": ("log.png", b"text"),
    "6 MB": ("large.png", PNG + bytes(MOST_BYTES)),
    "a program": ("setup", b"MZ\x90\0\x03" + bytes(60)),
    "a program of Linux": ("tool.txt", b"\x7fELF\x02\x01" + bytes(60)),
    "an archive": ("logs.zip", b"PK\x03\x04" + bytes(60)),
    "a page": ("page.html", b"<script>alert(1)</script>"),
    "a drawing with scripts": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "nothing": ("empty.log", b""),
    "a path": ("../../etc/passwd", b"text"),
    "a path of Windows": ("C:\\logs\\a.log", b"text"),
    "turned around": ("photo\u202egnp.exe", PNG),
    "a line break": ("a\nb.txt", b"text"),
    "dots": ("..", b"text"),
    "a long name": ("n" * 147 + ".txt", b"text"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_of_the_type_of_its_content(name: str) -> None:
    content, media_type = GOOD[name]

    [found] = check_files([NewFile(name, content)])

    assert (found.name, found.media_type) == (name, media_type)


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_is_named_in_both_languages(case: str) -> None:
    name, content = BAD[case]

    with pytest.raises(BadFile) as refused:
        check_files([NewFile("fine.png", PNG), NewFile(name, content)])

    english, japanese = (refused.value.text[language] for language in ("en", "ja"))
    assert english != japanese
    assert "fine.png" not in english
    if name.isprintable():
        assert name[:150] in english
        assert name[:150] in japanese
    assert "\u202e" not in english


def test_every_file_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadFile) as refused:
        check_files([NewFile(name, content) for name, content in list(BAD.values())[:6]])

    assert "6 files are too many" in str(refused.value)
    assert "screen.txt" in str(refused.value)
    assert "log.png" in str(refused.value)


def test_marks_that_stand_apart_are_joined_as_a_mac_does_not() -> None:
    [found] = check_files([NewFile("画面か\u3099.png", PNG)])

    assert found.name == "画面が.png"


def test_text_of_no_known_encoding_is_refused() -> None:
    assert media_type_of(bytes(range(128, 256))) is None
