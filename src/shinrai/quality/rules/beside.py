"""Sentences shown beside a figure: medians, what is left out, and related counts."""

from collections.abc import Callable

from shinrai.console.rules.wording import share_text
from shinrai.quality.rules.criteria import NAMES
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.quality.rules.neglected_words import hours_words, neglected_words
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text, verbatim

ON = {
    "customer": Text("customer {count:,}"),
    "third_party": Text("third party {count:,}"),
    "problem": Text("known problem {count:,}"),
    "unsure": Text("not sure whom {count:,}"),
}
FACTS = {
    "identity": Text("identity {count:,}"),
    "device": Text("device {count:,}"),
    "evidence": Text("evidence {count:,}"),
    "moment": Text("when it happened {count:,}"),
    "other": Text("other {count:,}"),
}
# What stands beside these is known also where they are not.
SAID_ANYHOW = ("repeat_contact", "truly_solved", "neglected")
Beside = Callable[[Figure], list[Text]]


def beside_words(key: str, figure: Figure) -> list[Text]:
    """Return the sentences to be read with a figure; none if it has none."""
    say = BESIDE.get(key)
    if say is None or (is_unknown(figure) and key not in SAID_ANYHOW):
        return []
    return say(figure)


def said_words(key: str, figure: Figure) -> Text | None:
    """Return a figure that is not a share in words; None if it is a share."""
    if key == "round_trips":
        return _mean_said(
            figure,
            Text("mean {mean:.2f} ({figures})"),
        )
    if key == "handovers":
        return _mean_said(figure, Text("mean {mean:.2f} ({figures})", context="times"))
    if key == "agreement":
        ends = {name: figure[name] for name in ("alpha", "low", "high", "of")}
        return Text("α {alpha:.2f} ({low:.2f}–{high:.2f}, n = {of:,})", **ends)
    if key == "highest_tier":
        return verbatim(
            [Text("tier {tier}: {count:,}", tier=tier, count=n) for tier, n in figure.items()]
        )
    return None


def _mean_said(figure: Figure, said: Text) -> Text:
    """Return a mean with its interval and n: mean 1.80 (1.71–1.89, n = 412)."""
    figures: list[object] = [Text("n = {count:,}", count=figure["of"])]
    if not is_unknown(ends := figure["mean_interval"]):
        figures.insert(0, f"{ends['low']:.2f}–{ends['high']:.2f}")
    return said.using(mean=figure["mean"], figures=figures)


def share_said(figure: Figure) -> Text:
    """Return a share in words: 12 of 20 (60 %, 39–78 %)."""
    if is_unknown(figure):
        return Text("— ({why})", why=figure["unknown"])
    return _words(Share(figure["count"], figure["of"]))


def _words(share: Share) -> Text:
    return share_text(share, interval=wilson(share.count, share.of))


def _first_reply(figure: Figure) -> list[Text]:
    said = []
    if figure.get("median_s") is not None:
        middle, tail = hours_words(figure["median_s"]), hours_words(figure["p90_s"])
        said.append(
            Text(
                "Median {middle}, nine in ten within {tail}, from when it counts.",
                middle=middle,
                tail=tail,
            )
        )
    if figure.get("median_business_s") is not None:
        middle, tail = (
            hours_words(figure["median_business_s"]),
            hours_words(figure["p90_business_s"]),
        )
        said.append(
            Text(
                "In business time: median {middle}, nine in ten within {tail}.",
                middle=middle,
                tail=tail,
            )
        )
    if figure["no_reply_needed"]:
        n = figure["no_reply_needed"]
        said.append(Text("{n:,} were solved without a reply (no reply needed).", n=n))
    return [*said, *_in_doubt(figure)]


def _in_doubt(figure: Figure) -> list[Text]:
    n = figure.get("in_doubt", 0)
    if not n:
        return []
    return [Text("{n:,} with doubtful moments are left out.", n=n)]


def _same_day(figure: Figure) -> list[Text]:
    said = share_said(figure["by_date_received"])
    return [Text("By the date received: {said}.", said=said)]


def _round_trips(figure: Figure) -> list[Text]:
    one = share_said(figure["one"])
    unanswered = figure["unanswered_runs"]
    words = [
        Text(
            "Median {median:g}, nine in ten within {p90:g}.",
            median=figure["median"],
            p90=figure["p90"],
        ),
        Text("Exactly one: {one}.", one=one),
    ]
    if unanswered:
        words.append(Text("Unanswered, and counted apart: {unanswered:,}.", unanswered=unanswered))
    return [*words, *_in_doubt(figure)]


def _solved(figure: Figure) -> list[Text]:
    more, still, gone = figure["more_than_once"], figure["open"], figure["cancelled"]
    return [
        Text(
            "{more:,} more than once, {still:,} still open; {gone:,} cancelled are left out.",
            more=more,
            still=still,
            gone=gone,
        )
    ]


def _settled(figure: Figure) -> list[Text]:
    recent = figure.get("too_recent", 0)
    said = []
    if recent:
        said.append(
            Text(
                "{recent:,} were solved less than 14 days ago and are not judged yet.",
                recent=recent,
            )
        )
    return [*said, *_in_doubt(figure)]


def _repeat_contact(figure: Figure) -> list[Text]:
    said = share_said(figure["any_topic"])
    words = [Text("On any topic: {said}.", said=said)]
    if without := figure.get("without_topic"):
        words.append(Text("{without:,} without a topic are left out.", without=without))
    return words


def _truly_solved(figure: Figure) -> list[Text]:
    same = share_said(figure["same_topic"])
    return [Text("The stricter bound, on any topic. On the same topic only: {same}.", same=same)]


def _single_person(figure: Figure) -> list[Text]:
    hanging = [
        Text("{topic} ({count:,} of {of:,})", topic=t["topic"], count=t["by_one"], of=t["findings"])
        for t in figure["topics"]
        if t["by_one"] * 5 >= t["findings"] * 4
    ]
    if not hanging:
        return []
    return [Text("Topics that hang on one person: {topics}.", topics=hanging)]


def _self_resolved(figure: Figure) -> list[Text]:
    return [
        Text("Tier {tier}: {share}.", tier=tier, share=share_said(found))
        for tier, found in figure["by_tier"].items()
        if tier != "2"
    ]


def _handovers(figure: Figure) -> list[Text]:
    behind, most = share_behind("handovers", figure), figure["max"]
    assert behind is not None
    return [
        Text("At least one: {share}, at most {most}.", share=_words(behind), most=most),
        Text("Back to a former group: {share}.", share=share_said(figure["returns"])),
    ]


def _highest_tier(figure: Figure) -> list[Text]:
    behind = share_behind("highest_tier", figure)
    assert behind is not None
    return [Text("Above tier 1: {share}.", share=_words(behind))]


def _waited(figure: Figure) -> list[Text]:
    on = [ON[name].using(count=n) for name, n in figure["on"].items() if n]
    return [Text("On whom: {on}.", on=on)] if on else []


def _sent_back(figure: Figure) -> list[Text]:
    missing = [
        FACTS[name].using(count=n)
        if name in FACTS
        else Text("{name} {count:,}", name=name, count=n)
        for name, n in figure["missing"].items()
        if n
    ]
    return [Text("Missing: {missing}.", missing=missing)] if missing else []


def _answer_quality(figure: Figure) -> list[Text]:
    said = [
        Text(
            "Two have judged {reviewed:,} of {drawn:,} drawn.",
            reviewed=figure["reviewed"],
            drawn=figure["drawn"],
        )
    ]
    for name, found in figure["criteria"].items():
        agreed = found["agreement"]
        alpha = "" if is_unknown(agreed) else f" α {agreed['alpha']:.2f}"
        share = share_said(found)
        said.append(
            Text("{called:capfirst}: {share}{alpha}.", called=NAMES[name], share=share, alpha=alpha)
        )
    return said


BESIDE: dict[str, Beside] = {
    "answer_quality": _answer_quality,
    "first_reply": _first_reply,
    "same_day": _same_day,
    "round_trips": _round_trips,
    "solved": _solved,
    "reopened_14": _settled,
    "reopened_later": _settled,
    "repeat_contact": _repeat_contact,
    "truly_solved": _truly_solved,
    "self_resolved": _self_resolved,
    "handovers": _handovers,
    "highest_tier": _highest_tier,
    "waited": _waited,
    "sent_back": _sent_back,
    "single_person": _single_person,
    "neglected": neglected_words,
}
