"""Files of a case: what may be attached, told by content, and by what name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final
from unicodedata import category, normalize

from shinrai.console.rules.wording import visible_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_a_row

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 5 * MEGABYTE
MOST_A_STEP: Final = 5
MOST_A_CASE: Final = 1_000
MOST_NAME: Final = 150
# A page takes more, so that too much is refused in its form, which keeps what was typed.
MOST_BODY: Final = 50 * MEGABYTE

# Source: WHATWG MIME Sniffing, section 6.1; PDF: ISO 32000-1, 7.5.2.
MAGIC: Final = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBPVP8", re.DOTALL)),
    ("application/pdf", re.compile(rb"%PDF-")),
)
ENDINGS: Final = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "csv", "tsv", "json", "jsonl", "ndjson", "yaml", "yml", "md"),
}
ACCEPTED: Final = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)
ROTATED: Final = re.compile(r"\d*")  # app.log.1, and a name without an ending, say no type
# Control characters that no log has; escape (\x1b) colours some.
NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
STEERING: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")  # also what turns the direction of writing


class BadFile(UserError, ValueError):
    """A file cannot be attached; the text names it."""


@dataclass(frozen=True)
class NewFile:
    """A file that somebody attaches, as it came."""

    name: str
    content: bytes


@dataclass(frozen=True)
class TypedFile:
    """A file that may be attached, with its type as told by its content."""

    name: str
    content: bytes
    media_type: str


def check_files(files: Sequence[NewFile]) -> tuple[TypedFile, ...]:
    """Return files with their types. Raises: BadFile, whose text names every file refused."""
    found: list[TypedFile] = []
    wrong: list[Text] = []
    if len(files) > MOST_A_STEP:
        said = Text("{count} files are too many; {most} fit.", count=len(files), most=MOST_A_STEP)
        wrong.append(said)
    for file in files[:MOST_A_STEP]:
        try:
            found.append(_typed(file))
        except BadFile as error:
            wrong.append(error.text)
    if wrong:
        raise BadFile(in_a_row(wrong))
    return tuple(found)


def media_type_of(content: bytes) -> str | None:
    """Return the type that a content is of; None if it is neither image, PDF nor text."""
    for media_type, magic in MAGIC:
        if magic.match(content):
            return media_type
    encoding = _text_encoding(content)
    return None if encoding is None else f"text/plain; charset={encoding}"


def _typed(file: NewFile) -> TypedFile:
    name = normalize("NFC", file.name).strip()
    shown = visible_words(name[:MOST_NAME])
    if (
        not name.strip(".")
        or len(name) > MOST_NAME
        or re.search(r"[/\\]", name)
        or any(category(sign) in STEERING for sign in name)
    ):
        raise BadFile(
            Text(
                "“{name}”: a file's name is one word or line of at most {most} characters, "
                "without a path or invisible signs; rename it.",
                name=shown,
                most=MOST_NAME,
            )
        )
    if not file.content:
        raise BadFile(Text("“{name}” is empty.", name=shown))
    if len(file.content) > MOST_BYTES:
        raise BadFile(
            Text(
                "“{name}” has {size:.1f} MB; {most} MB fit. Cut it, or say where it lies.",
                name=shown,
                size=len(file.content) / MEGABYTE,
                most=MOST_BYTES // MEGABYTE,
            )
        )
    media_type = media_type_of(file.content)
    if media_type is None:
        raise BadFile(
            Text(
                "“{name}” is no PNG, JPEG, GIF, WebP, PDF or text; nothing else is kept.",
                name=shown,
            )
        )
    sort = media_type.partition(";")[0]
    ending = PurePath(name).suffix.removeprefix(".").lower()
    if ending not in ENDINGS[sort] and not ROTATED.fullmatch(ending):
        raise BadFile(
            Text(
                "“{name}” ends in .{ending}, but what is in it is {sort}; look whether it is the "
                "file you mean, then rename it.",
                name=shown,
                ending=visible_words(ending),
                sort=sort,
            )
        )
    return TypedFile(name, file.content, media_type)


def _text_encoding(content: bytes) -> str | None:
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding, named in (
        (("utf-16", "utf-16"),)
        if is_wide
        else (
            ("utf-8-sig", "utf-8"),
            ("cp932", "shift_jis"),
        )
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not NO_TEXT.search(text):
            return named
    return None
