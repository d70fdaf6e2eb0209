"""Removes from a mail what it repeats: quotations and signatures.

Japanese and English are read. What is quoted between answers is kept: it shows what is answered. A
mail of which nothing would be left is kept unchanged.
"""

import re
from collections.abc import Sequence
from typing import Final

_QUOTE: Final = re.compile(r"^\s{0,3}[>＞]")
_ATTRIBUTION: Final = re.compile(
    r"^\s*(?:-+ )?On\b.{4,240}\bwrote\s*(?:[:：]|-{2,})?\s*$"
    r"|^.{0,160}\bwrote\s*[:：]\s*$"
    r"|^\s*.{0,120}\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}.{0,160}[:：]\s*$"
    r"|^\s*\d{4}[/-]\d{1,2}[/-]\d{1,2}.{0,120}<[^<>]+@[^<>]+>\s*$"
    r"|^.{0,200}(?:のメール|メッセージ)\s*[:：]\s*$"
    r"|^.{0,160}(?:さん|様|は)?\s*(?:は、?)?書きました\s*[:：。]?\s*$"
)
_WRAPPED: Final = re.compile(r"^\s*(?:On\b|\d{4}\s*[年/-]\s*\d)")
_ORIGINAL: Final = re.compile(
    r"^\s*[-_=＝ー―─]{2,}\s*(?:Original Message|Original message|Reply message|元のメッセージ|"
    r"元のメール|オリジナル ?メッセージ|Ursprüngliche Nachricht|Original Appointment)"
    r"(?: from .*)?\s*[-_=＝ー―─]{2,}\s*$",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"^\s*[*_]{0,2}(?:From|差出人|送信者|送信元)[*_]{0,2}\s*[:：]")
_BESIDE_FROM: Final = re.compile(
    r"^\s*[*_]{0,2}(?:Sent|Date|To|Cc|Subject|Reply-To|送信日時|日時|日付|宛先|件名)[*_]{0,2}"
    r"\s*[:：]"
)
_RULE: Final = re.compile(r"^\s*(?:[-_=*+~#◇◆□■☆★─━―ー＝・･.:∴…/\\|+-]\s?){6,}\s*$")
_DASHES: Final = re.compile(r"^\s*(?:--|—|––)\s*$")
_SENT_FROM: Final = re.compile(
    r"^\s*(?:Sent (?:from|with|using|via) \S.{0,60}|Get Outlook for \S+.*|Envoyé .{0,60}|"
    r".{0,30}(?:iPhone|iPad|Android|スマートフォン|スマホ|携帯|Galaxy|Xperia|ドコモ|docomo)"
    r".{0,20}から(?:の?)送信.{0,6})\s*$",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"@|https?://|〒|TEL|Tel|FAX|Fax|電話|株式会社|有限会社|〔|\d{2,4}-\d{2,4}-\d{4}", re.ASCII
)
LONGEST_SIGNATURE: Final = 14
WIDEST_ATTRIBUTION: Final = 4  # lines that one may be wrapped over


def own_words(text: str, *, is_answer: bool) -> str:
    """Return what a mail's writer typed; quotations are removed only from an answer."""
    lines = [line.rstrip() for line in text.replace("\u00a0", " ").split("\n")]
    kept = _without_quotes(_without_signature(lines)) if is_answer else lines
    found = _joined(_without_signature(kept))
    return found or _joined(kept) or _joined(lines)


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_quotes(lines: list[str]) -> list[str]:
    own = lines[: _original(lines)]
    end = len(own)
    while end and (not own[end - 1].strip() or _QUOTE.match(own[end - 1])):
        end -= 1
    if any(_QUOTE.match(line) for line in own[end:]):
        own = own[: _before_attribution(own, end)]
    begin = 0
    while begin < len(own) and (not own[begin].strip() or _QUOTE.match(own[begin])):
        begin += 1
    if begin == 0 or not any(_QUOTE.match(line) for line in own[:begin]):
        begin = _after_leading(own)
    return own[begin:]


def _original(lines: Sequence[str]) -> int:
    """Return the index of the line from which another mail is repeated as a whole."""
    quoted = [place for place, line in enumerate(lines) if _QUOTE.match(line)]
    last_quote = quoted[-1] if quoted else -1
    for place, line in enumerate(lines):
        if _ORIGINAL.match(line):
            return place
        if _FROM.match(line):
            beside = sum(bool(_BESIDE_FROM.match(other)) for other in lines[place + 1 : place + 7])
            if beside >= 2:
                before = place - 1
                while before >= 0 and not lines[before].strip():
                    before -= 1
                return before if before >= 0 and _RULE.match(lines[before]) else place
        said = _attribution(lines, place)
        if said and last_quote < place + said:
            return place
    return len(lines)


def _attribution(lines: Sequence[str], place: int) -> int:
    """Return how many lines state that somebody wrote what follows; 0 if they do not."""
    if not lines[place].strip() or _QUOTE.match(lines[place]):
        return 0
    for width in range(1, WIDEST_ATTRIBUTION + 1):
        told = " ".join(line.strip() for line in lines[place : place + width])
        if place + width > len(lines) or any(
            not line.strip() for line in lines[place : place + width]
        ):
            return 0
        if _ATTRIBUTION.match(told) and (width == 1 or _WRAPPED.match(told)):
            return width
    return 0


def _before_attribution(lines: Sequence[str], end: int) -> int:
    for width in range(WIDEST_ATTRIBUTION, 0, -1):
        place = end - width
        if place >= 0 and _attribution(lines, place) == width:
            return place
    return end


def _after_leading(lines: Sequence[str]) -> int:
    """Return the index of the first line after a quotation at the top and its attribution."""
    place = 0
    while place < len(lines) and not lines[place].strip():
        place += 1
    said = _attribution(lines, place) if place < len(lines) else 0
    if not said:
        return 0
    rest = place + said
    begin = rest
    while begin < len(lines) and (not lines[begin].strip() or _QUOTE.match(lines[begin])):
        begin += 1
    return begin if any(_QUOTE.match(line) for line in lines[rest:begin]) else 0


def _without_signature(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    for place, line in enumerate(kept):
        if _DASHES.match(line) and place and len(kept) - place <= LONGEST_SIGNATURE * 2:
            kept = kept[:place]
            break
    kept = _without_block(kept)
    while kept and (not kept[-1].strip() or _SENT_FROM.match(kept[-1])):
        kept.pop()
    return kept


def _without_block(lines: list[str]) -> list[str]:
    """Remove a name and addresses below a ruled line, with which Japanese mails end."""
    last = max(len(lines) - LONGEST_SIGNATURE, 0)
    for place in range(last, len(lines)):
        below = [line for line in lines[place + 1 :] if line.strip()]
        if place and _RULE.match(lines[place]) and below:
            told = [line for line in below if not _RULE.match(line)]
            if any(_CONTACT.search(line) for line in told) and max(map(len, told)) <= 80:
                return lines[:place]
    return lines
