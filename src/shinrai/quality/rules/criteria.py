"""The codebook by which answers are judged: four questions, and which marks they take."""

from collections.abc import Mapping
from typing import Final

from shinrai.units.wording import SaidInBoth, Words, both

VERSION: Final = 1  # raised when a definition changes: marks name the version they were made by
CRITERIA: Final = ("right", "complete", "plain", "kind")
YES, NO, UNSURE = MARKS = ("yes", "no", "unsure")
REVIEWERS: Final = 2

NAMES: Final[Mapping[str, Words]] = {
    "right": both(en="right", ja="正しい"),
    "complete": both(en="complete", ja="過不足がない"),
    "plain": both(en="plain", ja="平易"),
    "kind": both(en="kind", ja="丁寧"),
}
MARK_NAMES: Final[Mapping[str, Words]] = {
    "yes": both(en="yes", ja="はい"),
    "no": both(en="no", ja="いいえ"),
    "unsure": both(en="cannot tell", ja="判断できない"),
}
DEFINITIONS: Final[Mapping[str, Words]] = {
    "right": both(
        en="What it says is true of the product and of this customer, and following it would solve "
        "what was asked. Not right: a wrong cause, a step that does not exist, another's case. "
        "Cannot tell: you would have to look it up in the product.",
        ja="製品についても、このお客さまについても事実であり、そのとおりにすれば質問が解決する。"
        "原因の取り違え、存在しない手順、別の人の話は「いいえ」。"
        "製品を調べないと分からないときは「判断できない」。",
    ),
    "complete": both(
        en="It answers every question that was asked, and says what happens next and by when. "
        "Not complete: one of two questions is left, or the customer must ask again for what was "
        "already known. Length is no measure of it.",
        ja="聞かれたことすべてに答え、次に何がいつ起きるかを伝えている。"
        "二つの質問の片方が残る、分かっていることをもう一度聞かせる、は「いいえ」。"
        "長さは関係ない。",
    ),
    "plain": both(
        en="Somebody of this customer's age and trade understands it at the first reading. Not "
        "plain: words of ours nobody explains, many things in a sentence, steps without order.",
        ja="このお客さまの年齢や立場の人が、一度読めば分かる。"
        "説明のない社内用語、一文に詰め込んだ複数の内容、順番のない手順は「いいえ」。",
    ),
    "kind": both(
        en="It takes the customer's trouble seriously and blames nobody. Not kind: it corrects the "
        "customer, hides behind rules, or thanks and regrets by rote where something went wrong.",
        ja="お客さまの困りごとを受け止め、誰のせいにもしていない。"
        "お客さまを正す、規則を盾にする、問題が起きたのに決まり文句だけで済ませる、は「いいえ」。",
    ),
}


class BadMarks(SaidInBoth, ValueError):
    """Marks that are not one of yes, no and cannot tell for each question."""


def read_marks(given: Mapping[str, str]) -> dict[str, str]:
    """Read one mark for each question.

    Raises: BadMarks, naming the question that has none.
    """
    marks = {name: given.get(name, "").strip() for name in CRITERIA}
    for name, mark in marks.items():
        if mark not in MARKS:
            raise BadMarks(
                f"{NAMES[name]['en']}: choose yes, no or cannot tell",
                f"「{NAMES[name]['ja']}」は、はい・いいえ・判断できない のどれかを選んでください",
            )
    return marks
