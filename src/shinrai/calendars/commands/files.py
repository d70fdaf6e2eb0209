"""Read calendar files: YAML, and the iCalendar files that it names."""

import errno
from pathlib import Path
from typing import Any

from shinrai.calendars.rules.document import embed_files
from shinrai.calendars.rules.fields import read_yaml
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LARGEST = 4 << 20  # bytes; a year of an office's iCalendar has a few thousand


WHY = {  # what the system says is English wherever its own language packs are not installed
    errno.ENOENT: Text("No such file or directory"),
    errno.EACCES: Text("Permission denied"),
    errno.EISDIR: Text("Is a directory"),
}
TOO_LARGE = Text("is too large")
KEEP_SMALLER = Text("keep it below {largest} MiB", largest=LARGEST >> 20)
NOT_UTF_8 = Text("is not UTF-8")
SAVE_AGAIN = Text("save it again as UTF-8")
CHECK_PATH = Text("check the path")


class UnreadableFile(UserError, OSError):
    """A file cannot be opened, is too large, or is not text."""

    def __init__(self, path: Path, what: Text, next_step: Text) -> None:
        self.path, self.what, self.next_step = path, what, next_step
        super().__init__(
            Text("{path}: {what}; {next_step}", path=path, what=what, next_step=next_step),
        )


def file_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without its byte order mark if it has one.

    Raises: UnreadableFile.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFile(path, TOO_LARGE, KEEP_SMALLER)
        return content.decode("utf-8-sig")
    except UnreadableFile:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        what = WHY.get(error.errno or 0) or Text("the file cannot be opened ({why})", why=why)
        raise UnreadableFile(path, what, CHECK_PATH) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, NOT_UTF_8, SAVE_AGAIN) from error


def calendar_document(path: Path) -> Any:
    """Return the document of a calendar file, with iCalendar paths replaced by the files' texts.

    Raises: UnreadableFile, or BadCalendar if it is not YAML.
    """
    return embed_files(read_yaml(file_text(path)), lambda name: file_text(path.parent / name))
