"""Yields the mails in files and folders, one by one, without keeping them in memory.

An mbox is recognised by its first line, a Maildir by its folders `cur` and `new`; any other file
that is named is one mail. In a folder, files that end in .eml or .mbox are read, and mboxes without
an ending.

**Source:** RFC 4155 (mbox; both ways of writing `>From ` are read), maildir(5).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from shinrai.importers.flatten.json_files import open_file
from shinrai.importers.mbox.headers import moment_of
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import Text

ENDINGS: Final = (".eml", ".mbox", ".mbx", ".eml.gz", ".mbox.gz", ".mbx.gz")
LARGEST_MAIL: Final = 64 * 1024 * 1024
LONGEST_LINE: Final = 1024 * 1024
_OPENS: Final = b"From "
_WEEKDAY, _MONTH, _TIME = (
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    rb"[A-Z][a-z]{2}",
    rb"\d{1,2}:\d\d(?::\d\d)?",
)
_ZONE = rb"(?: +(?:[A-Z]{1,5}|[+-]\d{4}))"
_POSTMARK: Final = re.compile(
    rb"From (?:(?:\"[^\"]*\"\S*|\S+) +)?(" + _WEEKDAY + rb",? +(?:"
    + _MONTH + rb" +\d{1,2} +" + _TIME + _ZONE + rb"{0,2} +\d{4}" + _ZONE + rb"?"
    rb"|\d{1,2} +" + _MONTH + rb" +\d{4} +" + _TIME + _ZONE + rb"?))(?: +remote from .*)?\s*$"
)  # fmt: skip
_ESCAPED: Final = re.compile(rb"^>+From ")
_MAILDIR_NAME: Final = re.compile(r"^(\d{9,10})\.")
_MAILDIR: Final = ("cur", "new")


class RawMail(NamedTuple):
    """A mail's bytes. `delivered` is when it came, according to its folder: ISO 8601, or None."""

    file: str
    line: int
    content: bytes
    delivered: str | None = None
    is_cut: bool = False


def mails_in(paths: Sequence[Path]) -> Iterator[RawMail]:
    """Yield the mails of files and folders, in the order of their names.

    Raises: UnreadableTable for a path that does not exist, or a folder without mail.
    """
    for path in paths:
        yield from _of_folder(path) if path.is_dir() else _of_file(path, path.name)


def _of_folder(folder: Path) -> Iterator[RawMail]:
    inside = [entry for entry in sorted(folder.rglob("*")) if _is_mail_file(entry)]
    if not inside:
        raise UnreadableTable(
            Text(
                "{folder}: there is no mail in this folder: no mbox, no Maildir, no file that ends "
                "in {endings}",
                folder=folder,
                endings=ENDINGS[:3],
            )
        )
    for path in inside:
        yield from _of_file(path, path.relative_to(folder).as_posix())


def _is_mail_file(path: Path) -> bool:
    if path.name.startswith(".") or not path.is_file():
        return False
    if path.parent.name in _MAILDIR and (path.parent.parent / "cur").is_dir():
        return True
    if path.name.lower().endswith(ENDINGS):
        return True
    if path.suffix and not _MAILDIR_NAME.match(path.name):
        return False
    with path.open("rb") as file:  # Thunderbird's folders have no ending
        return file.read(len(_OPENS)) == _OPENS


def _of_file(path: Path, name: str) -> Iterator[RawMail]:
    if path.is_file() and path.stat().st_size == 0:
        yield RawMail(name, 1, b"")  # a message that was cut to nothing is told, not passed over
        return
    with open_file(path) as file:
        first = file.readline(LONGEST_LINE)
        if first.startswith(_OPENS):
            yield from _of_mbox(name, file, first)
        else:
            content = first + file.read(LARGEST_MAIL)
            is_cut = bool(file.read(1))
            yield RawMail(name, 1, content, _delivered_by_name(path), is_cut)


def _of_mbox(name: str, file: BinaryIO, first: bytes) -> Iterator[RawMail]:
    """Yield the mails of an mbox: each begins, after a blank line, with `From ` and a date."""
    postmark, begins, number = first, 1, 1
    parts: list[bytes] = []
    size, is_cut = 0, False
    before = b"\n"
    while line := file.readline(LONGEST_LINE):
        goes_on = not before.endswith(b"\n")  # of a line longer than is read at once
        number += not goes_on
        if not before.strip(b"\r\n") and not goes_on and _POSTMARK.match(line):
            yield RawMail(name, begins, b"".join(parts), _delivered(postmark), is_cut)
            postmark, begins, parts, size, is_cut = line, number, [], 0, False
            before = line
            continue
        before = line
        if not goes_on and _ESCAPED.match(line):
            line = line[1:]
        if size + len(line) > LARGEST_MAIL:
            is_cut = True
            continue
        size += len(line)
        parts.append(line)
    yield RawMail(name, begins, b"".join(parts), _delivered(postmark), is_cut)


def _delivered(postmark: bytes) -> str | None:
    """Return when an mbox states a mail was delivered; without an offset that is UTC (RFC 4155)."""
    found = _POSTMARK.match(postmark)
    at = moment_of(found[1].decode("ascii", "replace")) if found else None
    return None if at is None else at.isoformat()


def _delivered_by_name(path: Path) -> str | None:
    """Return when a Maildir received a mail: the seconds since 1970 that begin its file name."""
    found = _MAILDIR_NAME.match(path.name)
    if found is None or path.parent.name not in _MAILDIR:
        return None
    return datetime.fromtimestamp(int(found[1]), UTC).isoformat()
