"""Mail of fourteen mail projects, broken in every way known: none is lost, none makes us fall.

Looked for in `../shared/data/mail_fixtures`. What is expected is read here by plain means: a header
is its lines, a date what the standard library makes of one.
"""

import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from shinrai.importers.mbox.classification import our_mail
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.models import QuarantinedRow
from tests.importers.desk import Desk
from tests.importers.fakes.pulled import files_in

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "mail_fixtures"
# Its first line is no field: whoever wrote it meant a header nobody can begin to read.
BEYOND_READING = {"malformed/019.eml"}


def fields(content: bytes) -> dict[str, list[str]]:
    """Read a header line by line."""
    head = re.sub(rb"\r?\n[ \t]+", b" ", re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0])
    found: dict[str, list[str]] = {}
    for line in head.splitlines():
        if field := re.match(rb"([!-9;-~]+):(.*)", line):
            name = field[1].lower().decode("latin-1")
            found.setdefault(name, []).append(field[2].decode("latin-1").strip())
    return found


def is_dated(content: bytes) -> bool:
    """Tell whether a mail says when it came."""
    found = fields(content)
    dates = [line.rsplit(";", 1)[-1] for line in found.get("received", ())]
    for text in (*dates, *found.get("date", ())):
        try:
            if parsedate_to_datetime(text).year >= 1980:
                return True
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return False


@pytest.mark.django_db
@pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/mail_fixtures is not there")
def test_every_file_is_observed_or_set_aside_with_its_reason(desk: Desk) -> None:
    files = [path for path in sorted(FOLDER.rglob("*")) if path.is_file()]
    mails = [
        path
        for path in files
        if path.suffix != ".xml"  # trees that tests of others expect; they quote whole headers
        and not path.as_posix().endswith(tuple(BEYOND_READING))
        and is_dated(path.read_bytes())
    ]

    source = mail_source(our_mail(["@example.jp"]), workspace="desk")
    report = files_in(source, *files)

    assert len(files) > 1_400
    assert report.counts.rows == len(files)
    assert report.counts.quarantined == QuarantinedRow.objects.count() == len(files) - len(mails)
    assert report.counts.erased == 0
    again = files_in(source, *reversed(files))
    assert (again.counts.steps, again.counts.corrected) == (0, 0)
    assert again.counts.rows == len(files)
