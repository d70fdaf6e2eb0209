"""Calendar files as doors read them: YAML, and beside it the iCalendar files it names."""

from pathlib import Path
from typing import Any

from shinrai.calendars.rules.document import embed_files
from shinrai.calendars.rules.parts import read_yaml

LARGEST = 4 << 20  # bytes; a year of an office's iCalendar has a few thousand


class UnreadableFile(OSError):
    """A file that cannot be opened, is too large, or is not text."""

    def __init__(self, path: Path, what: str, next_step: str) -> None:
        self.path, self.what, self.next_step = path, what, next_step
        super().__init__(f"{path}: {what}; {next_step}")


def file_text(path: Path) -> str:
    """Read a file's text, UTF-8 with or without a mark.

    Raises: UnreadableFile.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFile(path, "is too large", f"keep it below {LARGEST >> 20} MiB")
        return content.decode("utf-8-sig")
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error), "check the path") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, "is not UTF-8", "save it again as UTF-8") from error


def calendar_document(path: Path) -> Any:
    """Read a calendar file into a document that stands alone: texts in place of paths.

    Raises: UnreadableFile, BadCalendar (of what is no YAML).
    """
    return embed_files(read_yaml(file_text(path)), lambda name: file_text(path.parent / name))
