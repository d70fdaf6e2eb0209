"""Sentences about a guideline: the value, how certain it is, and whether it is within the limit."""

from fractions import Fraction

from shinrai.objectives.rules.guideline import Guideline, Held
from shinrai.objectives.rules.sentences.figures import percent, percent_of_target
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown


def guideline_words(guideline: Guideline, held: Held | Unknown) -> Text:
    """Return one sentence: the value of a guideline, and whether it is within the limit."""
    limit = limit_words(guideline)
    if isinstance(held, Unknown):
        return Text("Not known: {held}; the guideline is {limit}.", held=held, limit=limit)
    value, count = _value(guideline, held.value), Text("n = {count:,}", count=held.of)
    figures = [_range(guideline, *held.interval), count] if held.interval else [count]
    values = {"value": value, "figures": figures, "limit": limit}
    if held.is_within:
        if held.interval is None:
            return Text(
                "{value} ({figures}): within the guideline of {limit}, too few to tell.", **values
            )
        if held.is_sure:
            return Text("{value} ({figures}): within the guideline of {limit}.", **values)
        return Text(
            "{value} ({figures}): within the guideline of {limit}, but so near that "
            "chance may have put it there.",
            **values,
        )
    if held.interval is None:
        return Text(
            "{value} ({figures}): outside the guideline of {limit}, too few to tell.", **values
        )
    if held.is_sure:
        return Text("{value} ({figures}): outside the guideline of {limit}.", **values)
    return Text(
        "{value} ({figures}): outside the guideline of {limit}, but so near that "
        "chance may have put it there.",
        **values,
    )


def limit_words(guideline: Guideline) -> Text:
    """Return the limit in words: at most 2; at least 90 %."""
    value = (
        f"{percent_of_target(guideline.limit)} %"
        if guideline.is_share
        else f"{float(guideline.limit):g}"
    )
    if guideline.side == "at_most":
        return Text("at most {value}", value=value)
    return Text("at least {value}", value=value)


def _range(guideline: Guideline, low: float, high: float) -> str:
    if guideline.is_share:
        return f"{percent(low)}–{percent(high)} %"
    return f"{low:.2f}–{high:.2f}"


def _value(guideline: Guideline, value: Fraction | float) -> str:
    return f"{percent(value)} %" if guideline.is_share else f"{float(value):.2f}"
