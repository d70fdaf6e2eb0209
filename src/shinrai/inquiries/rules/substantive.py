"""Decide which messages count for replies and round trips; the rule has a version.

A message is not substantive if it has at most 40 characters, no question mark, no attachment, and
only thanks or an acknowledgement. If a source gives no text, every message counts.
"""

import re
import unicodedata
from typing import Final

VERSION: Final = 1
LONGEST_THANKS: Final = 40

THANKS_EN: Final = (
    "thanks",
    "thank you",
    "thank you very much",
    "thanks a lot",
    "many thanks",
    "thx",
    "ty",
    "cheers",
    "ok",
    "okay",
    "great",
    "perfect",
    "got it",
    "will do",
    "noted",
    "understood",
    "that worked",
    "it works",
    "it works now",
    "works now",
    "solved",
    "so much",
    "again",
    "all",
    "for your help",
    "for the help",
    "for your reply",
    "very much",
)
THANKS_JA: Final = (
    "ありがとうございました",
    "ありがとうございます",
    "ありがとう",
    "有難うございました",
    "有難うございます",
    "有り難うございます",
    "どうも",
    "助かりました",
    "助かります",
    "了解しました",
    "了解です",
    "了解いたしました",
    "承知しました",
    "承知いたしました",
    "かしこまりました",
    "わかりました",
    "分かりました",
    "解決しました",
    "直りました",
    "できました",
    "出来ました",
    "お世話になりました",
    "感謝します",
    "感謝いたします",
    "大変",
    "本当に",
    "はい",
    "早速",
    "ご対応",
    "ご連絡",
    "ご返信",
    "とても",
)
_TAGS = re.compile(r"<[^>]+>")
_FILL = re.compile(r"[\s、。，．,.!！〜~ー\-♪☆★^_()（）:;w笑😊🙏👍]+")
_QUESTION = re.compile(r"[?？]")
_KNOWN = re.compile(
    "|".join(
        re.escape(word.replace(" ", ""))
        for word in sorted((*THANKS_EN, *THANKS_JA), key=len, reverse=True)
    )
)


def is_substantive(words: str | None, *, attachments: int = 0) -> bool:
    """Return whether a message contains more than thanks; True if its text is unknown (None)."""
    if words is None or attachments:
        return True
    plain = unicodedata.normalize("NFKC", _TAGS.sub(" ", words)).strip().casefold()
    if len(plain) > LONGEST_THANKS or _QUESTION.search(plain):
        return True
    return bool(_KNOWN.sub("", _FILL.sub("", plain)))
