"""Files of a case: their names and sizes by step, and the content of one."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.models import CaseFile
from shinrai.desk.queries.titles import masked
from shinrai.privacy.operations import read_contents


@dataclass(frozen=True)
class CaseFileView:
    """A file as a page lists it: its masked name, or None once its person was erased."""

    id: int
    name: str | None
    media_type: str
    size: int
    at: datetime
    by: str

    @property
    def is_image(self) -> bool:
        """Tell whether a browser can show it as a picture."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class CaseFileContent:
    """The content of a file, with its name and type."""

    name: str
    media_type: str
    content: bytes


def files_of(case_id: int) -> dict[int, tuple[CaseFileView, ...]]:
    """Return the files of a case by the number of the step they came with."""
    rows = list(CaseFile.objects.filter(case_id=case_id).order_by("id"))
    names = masked(row.name_words_id for row in rows)
    found: dict[int, list[CaseFileView]] = defaultdict(list)
    for row in rows:
        name = names.get(row.name_words_id)
        view = CaseFileView(row.pk, name, row.media_type, row.size, row.at, row.by)
        found[row.sequence].append(view)
    return {sequence: tuple(files) for sequence, files in found.items()}


def file_content(*, case_id: int, file_id: int) -> CaseFileContent | None:
    """Return the content of a file; None if the case has none of this number, or it was erased."""
    row = CaseFile.objects.filter(case_id=case_id, pk=file_id).first()
    if row is None:
        return None
    content = read_contents([row.content_words_id]).get(row.content_words_id)
    name = masked([row.name_words_id]).get(row.name_words_id)
    if content is None or name is None:
        return None
    return CaseFileContent(name, row.media_type, content)


def file_words(*, case_id: int) -> set[int]:
    """Return the identifiers of all encrypted names and contents of a case's files."""
    rows = CaseFile.objects.filter(case_id=case_id)
    pairs = rows.values_list("name_words_id", "content_words_id")
    return {words_id for pair in pairs for words_id in pair}
