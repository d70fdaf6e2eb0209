"""Calendar files as entry points read them: YAML, and beside it the iCalendar files it names."""

import errno
from pathlib import Path
from typing import Any

from shinrai.calendars.rules.document import embed_files
from shinrai.calendars.rules.fields import read_yaml
from shinrai.units.wording import SaidInBoth, Words, both

LARGEST = 4 << 20  # bytes; a year of an office's iCalendar has a few thousand


JA_WHY = {  # what the system says is English wherever its own language packs are not installed
    errno.ENOENT: "ファイルがありません",
    errno.EACCES: "ファイルを読む権限がありません",
    errno.EISDIR: "ファイルではなくフォルダです",
}
TOO_LARGE = both(en="is too large", ja="ファイルが大きすぎます")
KEEP_SMALLER = both(
    en=f"keep it below {LARGEST >> 20} MiB", ja=f"{LARGEST >> 20} MiB より小さくしてください"
)
NOT_UTF_8 = both(en="is not UTF-8", ja="UTF-8 で書かれていません")
SAVE_AGAIN = both(en="save it again as UTF-8", ja="UTF-8 で保存し直してください")
CHECK_PATH = both(
    en="check the path", ja="パスと、そのファイルを読む権限があるかを確認してください"
)


class UnreadableFile(SaidInBoth, OSError):
    """A file that cannot be opened, is too large, or is not text."""

    def __init__(self, path: Path, what: Words, next_step: Words) -> None:
        self.path, self.what, self.next_step = path, what, next_step
        super().__init__(
            f"{path}: {what['en']}; {next_step['en']}",
            f"{path}: {what['ja']}。{next_step['ja']}",
        )


def file_text(path: Path) -> str:
    """Read a file's text, UTF-8 with or without a mark.

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
        what = both(en=why, ja=JA_WHY.get(error.errno or 0, f"ファイルを開けません（{why}）"))
        raise UnreadableFile(path, what, CHECK_PATH) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path, NOT_UTF_8, SAVE_AGAIN) from error


def calendar_document(path: Path) -> Any:
    """Read a calendar file into a document that stands alone: texts in place of paths.

    Raises: UnreadableFile, BadCalendar (of what is no YAML).
    """
    return embed_files(read_yaml(file_text(path)), lambda name: file_text(path.parent / name))
