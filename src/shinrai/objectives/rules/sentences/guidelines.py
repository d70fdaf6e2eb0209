"""What is said of a guideline: the value, how sure, and on which side of the limit."""

from fractions import Fraction

from shinrai.objectives.rules.guideline import Guideline, Held
from shinrai.objectives.rules.sentences.figures import percent, percent_of_target
from shinrai.units.unknown import Unknown
from shinrai.units.wording import Words, both


def guideline_words(guideline: Guideline, held: Held | Unknown) -> Words:
    """Say in one sentence how a guideline stands."""
    limit = limit_words(guideline)
    if isinstance(held, Unknown):
        return both(
            en=f"Not known: {held.reason}; the guideline is {limit['en']}.",
            ja=f"分かりません（{held.ja or held.reason}）。目安は{limit['ja']}です。",
        )
    value = _value(guideline, held.value)
    ends = held.interval
    inside = _range(guideline, *ends) if ends else ""
    sure_en, sure_ja = _sureness(held)
    side_en = "within" if held.is_within else "outside"
    side_ja = "目安の範囲内です" if held.is_within else "目安を外れています"
    return both(
        en=f"{value} ({f'{inside}, ' if inside else ''}n = {held.of:,}): "
        f"{side_en} the guideline of {limit['en']}{sure_en}.",
        ja=f"{value}（{f'{inside}、' if inside else ''}{held.of:,}件）で、"
        f"{limit['ja']}という{side_ja}{sure_ja}。",
    )


def limit_words(guideline: Guideline) -> Words:
    """Say the limit: at most 2; at least 90 %."""
    value = (
        f"{percent_of_target(guideline.limit)} %"
        if guideline.is_share
        else f"{float(guideline.limit):g}"
    )
    is_below = guideline.side == "at_most"
    return both(
        en=f"{'at most' if is_below else 'at least'} {value}",
        ja=f"{value}{'以下' if is_below else '以上'}",
    )


def _sureness(held: Held) -> tuple[str, str]:
    if held.interval is None:
        return ", too few to tell", "が、件数が少なく判断できません"
    if held.is_sure:
        return "", ""
    return ", but so near that chance may have put it there", "が、誤差の範囲です"


def _range(guideline: Guideline, low: float, high: float) -> str:
    if guideline.is_share:
        return f"{percent(low)}–{percent(high)} %"
    return f"{low:.2f}–{high:.2f}"


def _value(guideline: Guideline, value: Fraction | float) -> str:
    return f"{percent(value)} %" if guideline.is_share else f"{float(value):.2f}"
