"""Mask mail addresses and personal numbers in texts shown to readers who need not see them.

A text is searched once for what may come before an `@`, then for groups of digits that belong
together. The kind of a number follows from how many digits it has and how they are grouped; order
numbers, times, amounts and versions match no kind and are not masked.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# Read as half-width, sign by sign, so that places in the reading are places in the words.
_HYPHENS: Final = dict.fromkeys("ー‐‑‒–—―−ｰ﹣", "-")
_READING: Final = str.maketrans(
    {chr(0xFF01 + n): chr(0x21 + n) for n in range(94)} | _HYPHENS | {"\u3000": " ", "\xa0": " "}
)
# Signs without width inside a number or an address, as copying from pages leaves them.
_NO_WIDTH: Final = re.compile(
    "(?<=[0-9A-Za-z０-９Ａ-Ｚａ-ｚ@＠.．+＋-])[\u00ad\u200b-\u200f\u2060\ufeff]+"
    "(?=[0-9A-Za-z０-９Ａ-Ｚａ-ｚ@＠.．-])"
)
_BEFORE_AT: Final = re.compile(r"[\w.+%'-]+")
_NAME_SIGNS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+%'-"
# A name under which mail is taken, also in other scripts; `++` never goes back over a label.
_DOMAIN: Final = re.compile(
    r"(?:[\w-]++(?:\.|。(?=[a-z]{2,6}(?![A-Za-z]))))+(?:[A-Za-z][A-Za-z0-9-]*|[^\W\d_A-Za-z][\w-]*)"
)
_DIGITS: Final = re.compile(r"[0-9]+")
_JOIN: Final = re.compile(r"[ ()-]{1,3}|\.")
MOST_GROUPS: Final = 7
SHORTEST, LONGEST = 7, 19  # digits of anything that is masked

_SAYS: Final = r"[\s:=#(「『はがの番号]*\Z"
_TELEPHONE_WORD: Final = re.compile(r"(?:tel|fax|phone|mobile)[-.]?\Z", re.IGNORECASE)
_INDIVIDUAL_WORD: Final = re.compile(
    rf"(?:マイナンバ-|マイナンバー|個人番号|my ?number){_SAYS}", re.IGNORECASE
)
_POSTCODE_WORD: Final = re.compile(
    rf"(?:〒|郵便番号|post ?code|postal code|zip(?: ?code)?){_SAYS}", re.IGNORECASE
)
_PREFECTURE: Final = re.compile(r"\s?(?:東京都|北海道|京都府|大阪府|[一-龠]{2,3}県)")
_POSTCODE_SIGN: Final = re.compile(r"〒\s?\Z")
# By first digits, how long a card's number is. Source: ISO/IEC 7812, ranges of the schemes.
_CARDS: Final = re.compile(
    r"4(?:\d{15}|\d{18})|(?:5[1-5]|2[2-7]|35)\d{14}|3[47]\d{13}|3[0689]\d{12}|6\d{15,18}"
)
_CARD_GROUPS: Final = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)}


class _Number(NamedTuple):
    """Consecutive groups of digits in a text.

    `lengths` are the numbers of digits in each group; `joins` the characters between groups.
    """

    reading: str
    start: int
    end: int
    lengths: tuple[int, ...]
    joins: tuple[str, ...]

    @property
    def digits(self) -> str:
        return "".join(_DIGITS.findall(self.reading, self.start, self.end))

    @property
    def is_alone(self) -> bool:
        """Return whether neither a letter nor another part is directly next to the number."""
        before = self.reading[max(self.start - 2, 0) : self.start]
        after = self.reading[self.end : self.end + 1]
        stuck = re.search(r"[A-Za-z_.][-.]?\Z", before) and not _TELEPHONE_WORD.search(
            self.reading[max(self.start - 8, 0) : self.start]
        )
        return not stuck and not re.match(r"[A-Za-z_]", after)

    def follows(self, word: re.Pattern[str]) -> bool:
        """Return whether a word that says what the number is comes directly before it."""
        return word.search(self.reading[max(self.start - 24, 0) : self.start]) is not None


def mask(words: str) -> str:
    """Replace mail addresses, phone, card and My Number numbers and postcodes by their kind.

    For example, an address becomes 〔mail〕. Full-width characters are recognized too. The rest is
    unchanged, except that zero-width characters between letters or digits are removed. Time is
    proportional to the length of the text, whatever it contains.
    """
    words = _NO_WIDTH.sub("", words)
    for find in (_mails, _numbers):
        pieces: list[str] = []
        last = 0
        for start, end, kind in find(words.translate(_READING)):
            pieces += [words[last:start], f"〔{kind}〕"]
            last = end
        words = "".join([*pieces, words[last:]]) if pieces else words
    return words


def _mails(reading: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of mail addresses.

    Japanese has no space before an address: of its name only the ASCII part is taken, if any.
    """
    last = 0
    for run in _BEFORE_AT.finditer(reading) if "@" in reading else ():
        if reading[run.end() : run.end() + 1] != "@":
            continue
        domain = _DOMAIN.match(reading, run.end() + 1)
        begin = max(run.start(), last)
        if domain is None or begin == run.end():
            continue
        tail = _tail(reading[begin : run.end()])
        last = domain.end()
        yield run.end() - tail, last, "mail"


def _tail(run: str) -> int:
    """Return the length of the ASCII name that ends `run`, or of all of it if there is none."""
    count = len(run) - len(run.rstrip(_NAME_SIGNS))
    return count if any(map(str.isalnum, run[len(run) - count :])) else len(run)


def _numbers(reading: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of personal numbers; of several that begin together, the longest."""
    groups = [found.span() for found in _DIGITS.finditer(reading)]
    place = 0
    while place < len(groups):
        for number in reversed(list(_from(reading, groups, place))):
            if (kind := _kind(number)) is not None:
                yield _begin(number, kind), number.end, kind
                place += len(number.lengths) - 1
                break
        place += 1


def _from(reading: str, groups: list[tuple[int, int]], place: int) -> Iterator[_Number]:
    """Yield the numbers that begin at a group: the group alone, with the next one, and so on."""
    start, end = groups[place]
    if re.search(r"[0-9〕][-.]\Z", reading[max(start - 2, 0) : start]):
        return  # the middle of something longer
    lengths: tuple[int, ...] = (end - start,)
    joins: tuple[str, ...] = ()
    while sum(lengths) <= LONGEST:
        if sum(lengths) >= SHORTEST and not re.match(r":[0-9〔]", reading[end : end + 2]):
            yield _Number(reading, start, end, lengths, joins)
        place += 1
        if place == len(groups) or len(lengths) == MOST_GROUPS:
            return
        join = reading[end : groups[place][0]] if groups[place][0] - end <= 3 else ""
        if not _JOIN.fullmatch(join):
            return
        end = groups[place][1]
        lengths, joins = (*lengths, end - groups[place][0]), (*joins, join)


def _begin(number: _Number, kind: str) -> int:
    """Return where a number starts, including a sign that belongs to it, such as `+` or `〒`."""
    start = number.start
    if kind == "postcode":
        sign = _POSTCODE_SIGN.search(number.reading, max(start - 2, 0), start)
        return sign.start() if sign else start
    if number.reading[start - 1 : start] == "(" and any(")" in join for join in number.joins):
        start -= 1
    return start - 1 if number.reading[start - 1 : start] == "+" else start


def _kind(number: _Number) -> str | None:
    """Return the kind of a number, or None if it is not personal."""
    if _is_card(number):
        return "card"
    if _is_individual(number):
        return "my number"
    if _is_postcode(number):
        return "postcode"
    return "tel" if _is_telephone(number) else None


def _is_card(number: _Number) -> bool:
    digits, lengths = number.digits, number.lengths
    if _CARDS.fullmatch(digits) is None or not _luhn(digits):
        return False
    if len(lengths) == 1:
        return number.is_alone
    return lengths in _CARD_GROUPS and set("".join(number.joins)) <= {" ", "-"}


def _luhn(digits: str) -> bool:
    """Return whether the check digit of a card number is right.

    Source: ISO/IEC 7812-1, annex B.
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_individual(number: _Number) -> bool:
    """Return whether it has 12 digits and stands beside the word for My Number.

    Without it, it is an order's or a parcel's: one in eleven has a right check digit by chance.
    """
    is_long = number.lengths in {(12,), (4, 4, 4)} and set(number.joins) <= {" ", "-"}
    return is_long and number.follows(_INDIVIDUAL_WORD)


def _is_postcode(number: _Number) -> bool:
    """Return whether it has three digits and four, or seven together that must be a postcode.

    Seven must follow its word or sign, precede a prefecture, or be the whole text.
    """
    after = number.reading[number.end : number.end + 8]
    if number.lengths == (3, 4) and (number.joins == ("-",) or number.follows(_POSTCODE_WORD)):
        return not re.match(r"-[0-9〔]", after)
    if number.lengths != (7,):
        return False
    is_all = number.reading.strip() == number.digits if len(number.reading) < 32 else False
    return is_all or number.follows(_POSTCODE_WORD) or _PREFECTURE.match(after) is not None


def _is_telephone(number: _Number) -> bool:
    digits, lengths, joins = number.digits, number.lengths, number.joins
    count = len(digits)
    before = number.reading[max(number.start - 3, 0) : number.start]
    if re.search(r"(?:\A|[^A-Za-z0-9〕])\+\(?\Z", before):  # as it is dialled from abroad
        if lengths[0] >= 8 and len(lengths) > 1:
            return False
        return count == 11 if digits[0] == "1" else 8 <= count <= 15
    if len(lengths) == 1:
        is_mobile = count == 11 and re.match(r"0[25789]0|0800", digits)
        is_line = count == 10 and re.match(r"0[1-9]", digits)
        return bool(is_mobile or is_line) and number.is_alone
    if "." in joins and set(joins) != {"."}:
        return False
    if digits[0] == "0" and "." not in joins[2:] and (len(joins) == 2 or "." not in joins):
        if digits.startswith(("00", "010")) and len(lengths) > 2 and 12 <= count <= 16:
            return True
        return count in (10, 11) and 2 <= lengths[0] <= 5 and min(lengths) > 1
    if lengths in {(3, 3, 4), (1, 3, 3, 4)} and digits[0] != "0":
        return len(lengths) == 3 or digits[0] == "1"
    is_short = len(lengths) == 3 and lengths[2] == 4 and max(lengths) == 4 and 9 <= count <= 11
    return is_short and set(joins) == {"-"}
