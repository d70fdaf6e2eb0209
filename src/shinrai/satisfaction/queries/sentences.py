"""What was found, in sentences that pages and commands share."""

from shinrai.satisfaction.queries.change import SeriesChange
from shinrai.satisfaction.queries.summary import SeriesSummary
from shinrai.satisfaction.rules.change import Difference
from shinrai.satisfaction.rules.score import Score
from shinrai.statistics.interval import Interval
from shinrai.units.text import Text, verbatim
from shinrai.units.unknown import Unknown

KIND_NAMES = {"csat": "CSAT", "nps": "NPS", "ces": "CES"}


def value_words(kind: str, value: float, *, signed: bool = False) -> str:
    """Return a score or a difference: CSAT in hundredths, NPS in points, CES as it is."""
    shown = f"{100 * value:.1f}" if kind == "csat" else f"{value:.{2 if kind == 'ces' else 1}f}"
    shown = shown.replace("-", "−") if float(shown) else shown.removeprefix("-")
    return f"+{shown}" if signed and not shown.startswith("−") and float(shown) else shown


def score_text(one: Score) -> Text:
    """Return a score with its interval and the number of answers."""
    if isinstance(one.value, Unknown):
        return one.value
    value, name = value_words(one.kind, one.value), KIND_NAMES[one.kind]
    if one.kind == "csat":
        value += "%"
    if isinstance(one.interval, Unknown):
        return Text("{name} {value} of {n:,} answers: {why}",
                    name=name, value=value, n=one.n, why=one.interval)  # fmt: skip
    low, high = (value_words(one.kind, end) for end in (one.interval.low, one.interval.high))
    return Text("{name} {value} ({low} to {high}) of {n:,} answers",
                name=name, value=value, low=low, high=high, n=one.n)  # fmt: skip


def top_box_text(one: Score) -> Text | None:
    """Return how many gave the best answer, of CES; None of other kinds, and where nobody did."""
    if one.kind != "ces" or not one.n:
        return None
    top = one.parts["top_box"]
    return Text("{count:,} of {n:,} gave the best answer", count=top, n=one.n)


def comments_text(with_comment: Score, without: Score) -> Text:
    """Return the scores of those with a comment and of those without."""
    return Text("with a comment: {one}; without: {other}",
                one=score_text(with_comment), other=score_text(without))  # fmt: skip


def series_sentences(one: SeriesSummary) -> list[Text]:
    """Return what a series says: its newest wave first."""
    newest = one.newest
    found = [
        Text("{survey}, {wave}: {score}",
             survey=one.series.survey, wave=newest.wave.key, score=score_text(newest.score)),
    ]  # fmt: skip
    if best := top_box_text(newest.score):
        found.append(best)
    if newest.with_comment.n:
        found.append(comments_text(newest.with_comment, newest.without_comment))
    response = newest.response
    if isinstance(response, Unknown):
        found.append(response)
    else:
        found.append(
            Text("{answered:,} of {asked:,} who were asked answered; {missed:,} were not asked",
                 answered=response.count, asked=response.of,
                 missed=newest.wave.eligible - response.of)
        )  # fmt: skip
    if len(one.waves) > 1:
        found.append(
            Text("all {waves} waves: {score}",
                 waves=len(one.waves), score=score_text(one.total.score))
        )  # fmt: skip
    return found


def change_sentence(one: SeriesChange) -> list[Text]:
    """Return how a series changed: of the same persons, and of others."""
    if isinstance(one.change, Unknown):
        return [Text("{survey}: {why}", survey=one.series.survey, why=one.change)]
    return [
        Text("{survey}, from {before} to {after}",
             survey=one.series.survey, before=one.before, after=one.after),
        Text("the same {n:,} persons: {said}",
             n=one.change.same.before.n, said=difference_text(one.change.same)),
        Text("others, {before:,} before and {after:,} after: {said}",
             before=one.change.others.before.n, after=one.change.others.after.n,
             said=difference_text(one.change.others)),
    ]  # fmt: skip


def difference_text(one: Difference) -> Text:
    """Return whether a score rose, fell, or showed no change that one could detect."""
    if isinstance(one.value, Unknown):
        return one.value
    if not isinstance(one.interval, Interval):
        return one.interval
    kind = one.after.kind
    value, low, high = (
        verbatim(value_words(kind, part, signed=True))
        for part in (one.value, one.interval.low, one.interval.high)
    )
    if one.verdict == "none":
        return Text("no detectable change, between {low} and {high}", low=low, high=high)
    if one.verdict == "rose":
        return Text("it rose by {value}, between {low} and {high}",
                    value=value, low=low, high=high)  # fmt: skip
    return Text("it fell by {value}, between {low} and {high}",
                value=value, low=low, high=high)  # fmt: skip
