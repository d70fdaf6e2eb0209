"""What every measure counts, of what, and when it cannot be known: in the reader's language."""

from dataclasses import dataclass
from typing import Final

from shinrai.quality.measures.declared import MEASURES
from shinrai.units.measure import Measure

# The declaration in Japanese, in its order: numerator, denominator, unknown when.
IN_JAPANESE: Final[dict[str, tuple[str, str, str]]] = {
    "solved": (
        "一度でも解決またはクローズしたもの",
        "取り消しを除く問い合わせ",
        "取り込み元に解決の記録がないとき",
    ),
    "highest_tier": (
        "受け持ったいちばん上の担当ライン（その件の調査も含む）",
        "担当ライン（1次・2次・3次）の分かる問い合わせ",
        "取り込み元に担当ライン（1次・2次・3次）がないとき",
    ),
    "self_resolved": (
        "受け持ち・相談のいちばん上がその担当ラインだったもの",
        "その担当ラインが一度でも受け持ち、回答したもの",
        "担当ラインがないとき",
    ),
    "handovers": (
        "担当グループが変わった回数",
        "担当グループの分かる問い合わせ",
        "グループがないとき",
    ),
    "waited": (
        "一度でも待ちになったもの",
        "取り消しを除く問い合わせ",
        "取り込み元に待ちの記録がないとき",
    ),
    "first_reply": (
        "人による実質的な初回返信があったもの",
        "取り消しと、当方から始めたものを除く問い合わせ",
        "取り込み元にメッセージがないとき",
    ),
    "same_day": (
        "受付扱い日の24時までに初回返信をしたもの",
        "受付扱い日を過ぎたもの",
        "取り込み元にメッセージがないとき",
    ),
    "next_business_day": (
        "翌営業日の終業まで（ちょうどを含む）に初回返信をしたもの",
        "その終業を過ぎたもの",
        "取り込み元にメッセージがないとき",
    ),
    "round_trips": (
        "返信のついた、お客さまのひと続きの発言の数",
        "解決済みで、1往復以上あったもの",
        "取り込み元にメッセージがないとき",
    ),
    "one_reply": (
        "実質的な返信が1通で、14日以内に再オープンしなかったもの",
        "解決から14日たったもの",
        "14日たつまで。取り込み元にメッセージがないとき",
    ),
    "reopened_14": (
        "14×24時間以内に実質的な発言・再オープン・続きの問い合わせがあったもの",
        "解決から14日たったもの",
        "解決したものがないか、14日たっていないとき",
    ),
    "reopened_later": (
        "14×24時間を過ぎてから初めて戻ってきたもの",
        "解決から14日たったもの",
        "解決したものがないか、14日たっていないとき",
    ),
    "repeat_contact": (
        "そのあと同じお客さまから同じ話題の別の問い合わせがあったもの",
        "解決から14日たち、お客さまと話題の分かるもの",
        "お客さまか話題が分からないとき",
    ),
    "truly_solved": (
        "14日以内に再オープンも再問い合わせもなかったもの",
        "解決から14日たち、お客さまの分かるもの",
        "14日たつまで。お客さまが分からないとき",
    ),
    "sent_back": (
        "一度でも差し戻したもの",
        "調査",
        "調査がないとき",
    ),
    "correctness": (
        "回答したあと、再オープンまたは覆ったもの",
        "回答した調査",
        "回答した調査がないとき",
    ),
    "answer_quality": (
        "二人とも正しいと評価したもの",
        "抜き出した回答のうち、二人とも判断できたもの",
        "評価者が二人に満たないとき",
    ),
    "agreement": (
        "1 − 実際に分かれた度合い ÷ 偶然でも分かれる度合い",
        "二人以上が独立に分類した問い合わせ（最初の分類と、伏せて付けた分類）",
        "分類した人が二人に満たないとき",
    ),
    "single_person": (
        "判定の8割を一人が出した話題",
        "判定が5件以上ある話題",
        "話題の分類がないか、判定が5件ある話題がないとき",
    ),
    "neglected": (
        "当方からの接点が30×24時間ないもの（その取引先のどの件でも、人による実質的な返信がなく、"
        "当方から始めた件もない。一度も接点がなければ、最初の問い合わせから数える）",
        "この期間に受け付けた未解決の件がある取引先（この時点）。利用の減少はまだ記録がなく、"
        "それだけに当たる取引先は含みません",
        "取り込み元に取引先がないか、未解決の件がある取引先がないとき",
    ),
    "proactive": (
        "当方から始めた問い合わせと調査",
        "すべての問い合わせと調査",
        "案件がないとき",
    ),
}


@dataclass(frozen=True)
class Definition:
    """A measure as it is declared, for people to read."""

    measure: Measure
    question: str
    numerator: str
    denominator: str
    unknown_when: str


def definitions(language: str) -> tuple[Definition, ...]:
    """Say every measure of this room in a language."""
    return tuple(_definition(measure, language) for measure in MEASURES)


def _definition(measure: Measure, language: str) -> Definition:
    said = (measure.numerator, measure.denominator, measure.unknown_when)
    if language == "ja":
        return Definition(measure, measure.question_ja, *IN_JAPANESE.get(measure.key, said))
    return Definition(measure, measure.question, *said)
