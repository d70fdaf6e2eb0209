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
    "long_header": both(
        en="its header is longer than 1 MiB, or describes a part at more than 32 KiB; no mail "
        "program writes such a header",
        ja="ヘッダーが 1 MiB を超えているか、添付などの記述が 32 KiB を超えています。"
        "通常のメールソフトが作るヘッダーではありません",
    ),
    "no_record": both(
        en="this is none of the records that the source is known to hand over",
        ja="この取り込み元の記録として知っている形ではありません",
    ),
    "no_issue": both(
        en="it belongs to an issue that is not among these records; import both together",
        ja="もとの課題がこの記録の中にありません。課題と一緒に取り込んでください",
    ),
    "odd_missing": both(
        en="the field is missing or empty, and without it this is no record",
        ja="この項目がないか空です。この項目がないと記録として読めません",
    ),
    "odd_plain": both(
        en="a text or a number is expected in this field",
        ja="この項目は文字列か数のはずですが、別の種類の値が入っています",
    ),
    "odd_moment": both(
        en="a moment is expected in this field: as text, or in seconds or milliseconds since 1970",
        ja="この項目は日時のはずですが、日時の文字列でも 1970 年からの秒・ミリ秒でもありません",
    ),
    "odd_number": both(
        en="a number is expected in this field",
        ja="この項目は数のはずですが、数として読めません",
    ),
    "odd_list": both(
        en="a list is expected in this field",
        ja="この項目はリストのはずですが、別の種類の値が入っています",
    ),
    "odd_record": both(
        en="a record (fields with names) is expected here",
        ja="ここはオブジェクト（名前のついた項目の集まり）のはずですが、別の種類の値が入っています",
    ),
    "no_moment": both(
        en="neither Received nor Date says when this mail came, and its file does not either",
        ja="Received にも Date にもファイルにも、いつのメールか分かる日時がありません",
    ),
}


def refusal_reason(code: str) -> Words:
    """Return in both languages why; a code of somebody's own is a cell, and lies with the row."""
    return REASONS.get(code) or both(
        en="the mapping does not let it be read", ja="対応表により読み取らない行です"
    )
