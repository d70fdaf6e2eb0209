"""The summary in words: each figure, and below it the question it answers."""

from collections.abc import Iterator
from typing import Any

from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.rules.figures import is_unknown
from shinrai.quality.rules.neglected_words import neglected_words
from shinrai.units.text import Text, in_a_row, joined, verbatim

# What a figure is called, and the words of what stands beside it.
NAMES: dict[str, Text] = {
    "solved": Text("solved"),
    "highest_tier": Text("highest tier"),
    "self_resolved": Text("self-resolved by CRE"),
    "handovers": Text("handovers"),
    "waited": Text("waited"),
    "first_reply": Text("first reply"),
    "same_day": Text("same-day reply"),
    "next_business_day": Text("next-business-day reply"),
    "round_trips": Text("round trips"),
    "one_reply": Text("one reply"),
    "reopened_14": Text("reopened within 14 days"),
    "reopened_later": Text("reopened later"),
    "repeat_contact": Text("repeat contact"),
    "truly_solved": Text("truly solved"),
    "sent_back": Text("sent back", context="quality"),
    "correctness": Text("answers that did not hold"),
    "answer_quality": Text("answer quality"),
    "agreement": Text("agreement"),
    "single_person": Text("single person"),
    "neglected": Text("neglected"),
    "proactive": Text("proactive share"),
    "findings": Text("findings"),
    "defects_fixed": Text("defects fixed"),
}
VERDICTS: dict[str, Text] = {
    "as_designed": Text("as designed"),
    "defect": Text("defect"),
    "environment": Text("the user's environment"),
    "operation_error": Text("operation error"),
    "abuse": Text("abuse"),
    "unknown": Text("not known"),
}
MODES: dict[str, Text] = {
    "via_cs": Text("via CS"),
    "direct": Text("direct"),
    "proactive": Text("proactive"),
}
NOTHING = verbatim("")
UNKNOWN = Text("unknown: {why}")
SHARE = Text("{share:.1%} ({count:,} of {of:,}; 95 %: {low:.1%} to {high:.1%})")
ROUND_TRIPS = Text("mean {mean:.2f}, median {median:g}, 90th percentile {p90:g}, of {of:,}")
HANDOVERS = Text("none in {none:,} of {of:,}; mean {mean:.2f}, at most {max}")
ALPHA = Text("alpha {alpha:.2f} (95 %: {low:.2f} to {high:.2f}; n = {of:,} labelled by two)")
TIERS = Text("tier {tier}: {count:,}")
REPLY_TIMES = Text(
    "median {median:.2f} h, 90th percentile {p90:.2f} h; in business time "
    "{business:.2f} h, {business90:.2f} h"
)
DOUBTFUL = Text("flagged: {inquiries:,} of {of:,}, left out wherever their moments are needed")
MESSAGES_SHARE = Text(
    "{share:.1%} ({count:,} of {of:,}; 95 %: {low:.1%} to {high:.1%})", context="messages"
)
THANKS = Text("taken for mere thanks")
OVERRIDDEN = Text("overridden by people")
HEAD = Text(
    "{workspace}: {inquiries:,} inquiries, {investigations:,} investigations, {steps:,} steps"
)
TOPIC = Text("only what is about {topic}")
CALENDAR = Text("business time by {name}")
NO_CALENDAR = Text("no calendar is settled on: counted around the clock in {zone}")


def summary_words(found: QualitySummary) -> Text:
    """Return a summary as text: for each figure a line, and a line with its question."""
    lines = [HEAD.using(**vars(found))]
    if found.topic is not None:
        lines.append(TOPIC.using(topic=found.topic))
    lines.append(
        CALENDAR.using(name=found.calendar)
        if found.calendar
        else NO_CALENDAR.using(zone=found.zone)
    )
    modes = found.modes or {"": found.figures}
    for mode, figures in modes.items():
        lines += [NOTHING, mode_name(mode), *_mode_lines(figures)]
    lines += [NOTHING, *_figure_lines("proactive", found.proactive)]
    lines += [NOTHING, *_substance_lines(found.substance)]
    return joined(lines)


def mode_name(mode: str) -> Text:
    """Return the name of a mode, or its key if it has none."""
    return MODES.get(mode, verbatim(mode))


def _substance_lines(figure: dict[str, Any]) -> Iterator[Text]:
    """Yield how often the rule of substance found mere thanks, and how often people overrode it."""
    for name, said in ((THANKS, figure), (OVERRIDDEN, figure["overridden"])):
        words = _unknown(said) if is_unknown(said) else MESSAGES_SHARE.using(**said)
        yield Text("{name}: {said}", name=name, said=words)


def _mode_lines(figures: dict[str, Any]) -> Iterator[Text]:
    for key, figure in figures.items():
        if key in NAMES:
            yield from _figure_lines(key, figure)
    yield DOUBTFUL.using(**figures["flagged"])


def _figure_lines(key: str, figure: dict[str, Any]) -> Iterator[Text]:
    measure = BY_KEY[key]
    yield Text("{name}: {said}", name=NAMES[key], said=_said(key, figure))
    yield Text("    {question}", question=measure.text(measure.question))


def _said(key: str, figure: dict[str, Any]) -> Text:
    if is_unknown(figure):
        return _unknown(figure)
    if key == "round_trips":
        return ROUND_TRIPS.using(**figure)
    if key == "handovers":
        return HANDOVERS.using(**figure)
    if key == "agreement":
        return ALPHA.using(**figure)
    if key == "highest_tier":
        return verbatim([TIERS.using(tier=tier, count=n) for tier, n in figure.items()])
    said = SHARE.using(**figure)
    if key == "neglected":
        return in_a_row([Text("{said}.", said=said), *neglected_words(figure)])
    if key == "first_reply" and figure.get("median_business_s") is not None:
        times = REPLY_TIMES.using(
            median=figure["median_s"] / 3600,
            p90=figure["p90_s"] / 3600,
            business=figure["median_business_s"] / 3600,
            business90=figure["p90_business_s"] / 3600,
        )
        return Text("{said}; {times}", said=said, times=times)
    return said


def _unknown(figure: dict[str, Any]) -> Text:
    return UNKNOWN.using(why=figure["unknown"])
