"""Why a row is set aside that its own flattener could not read: the words of each code."""

from collections.abc import Mapping
from typing import Final

from shinrai.units.wording import Words, both

REASONS: Final[Mapping[str, Words]] = {
    "no_mail": both(
        en="this is no mail: there is no header such as From, Date or Received",
        ja="メールではありません（From、Date、Received などのヘッダーがありません）",
    ),
    "outlook_item": both(
        en="this is an item of Outlook (.msg), not a mail as it travels; save it as .eml",
        ja="Outlook 形式（.msg）です。.eml で保存し直してください",
    ),
    "no_record": both(
        en="this is none of the records that the source is known to hand over",
        ja="この取り込み元の記録として知っている形ではありません",
    ),
    "no_issue": both(
        en="it belongs to an issue that is not among these records; import both together",
        ja="もとの課題がこの記録の中にありません。課題と一緒に取り込んでください",
    ),
    "no_moment": both(
        en="neither Received nor Date says when this mail came, and its file does not either",
        ja="Received にも Date にもファイルにも、いつのメールか分かる日時がありません",
    ),
}


def why_refused(code: str) -> Words:
    """Say in both languages why; a code of somebody's own is a cell, and lies with the row."""
    return REASONS.get(code) or both(
        en="the mapping does not let it be read", ja="対応表により読み取らない行です"
    )
