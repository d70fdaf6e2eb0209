"""The declared measures of quality: the question of each, and which counts answer it."""

from collections.abc import Callable
from typing import Any, Literal

from shinrai.quality.measures.accounts import accounts
from shinrai.quality.measures.answers import marks
from shinrai.quality.measures.counts import counted, waiting_times
from shinrai.quality.measures.investigated import investigated
from shinrai.quality.measures.repeats import repeats
from shinrai.quality.measures.spread import handovers, runs, tiers
from shinrai.quality.measures.topical import double_labels, findings, verdicts
from shinrai.units.measure import Measure

GRAIN = ("workspace_id", "mode", "period")
NO_MESSAGES = "no messages in the source"
NOT_SETTLED = "nothing solved, or not yet 14 days ago"


def _declared(
    key: str,
    question: str,
    counts: tuple[str, str],
    better: Literal["higher", "lower", "neither"],
    unknown_when: str,
    expression: Callable[..., Any] | None = counted,
    *,
    unit: str = "inquiries",
    version: int = 1,
) -> Measure:
    return Measure(
        key=key,
        version=version,
        question=question,
        owner="quality",
        grain=GRAIN,
        unit=unit,
        numerator=counts[0],
        denominator=counts[1],
        better=better,
        unknown_when=unknown_when,
        expression=expression,
    )


SOLVED = _declared(
    "solved",
    "Of all inquiries that were not cancelled, how many were solved?",
    ("solved or closed at least once", "not cancelled"),
    "higher",
    "the source never says that anything was solved",
)
HIGHEST_TIER = _declared(
    "highest_tier",
    "Which was the highest tier that ever held each inquiry?",
    ("highest tier held, also by an investigation about it", "inquiries with a known tier"),
    "neither",
    "no tiers in the source",
    tiers,
)
SELF_RESOLVED = _declared(
    "self_resolved",
    "Of answered inquiries ever held by CRE (tier 2), how many went no higher, not even to ask?",
    ("highest tier held or consulted is this one", "answered and ever held by this tier"),
    "higher",
    "no tiers",
    tiers,
)
HANDOVERS = _declared(
    "handovers",
    "How often did the holding group change, and how often did it come back to one before?",
    ("changes of the holding group", "inquiries with a known group"),
    "lower",
    "no groups",
    handovers,
)
WAITED = _declared(
    "waited",
    "Of all inquiries, how many waited at least once, and on whom?",
    ("with a wait", "not cancelled"),
    "neither",
    "no waits in the source",
)
FIRST_REPLY = _declared(
    "first_reply",
    "How many got a human reply of substance, and how long after the effective moment?",
    ("with a first human reply of substance", "not cancelled, not opened by us"),
    "higher",
    NO_MESSAGES,
    waiting_times,
)
SAME_DAY = _declared(
    "same_day",
    "Once its effective date has passed: how many were answered by midnight of that date?",
    ("first reply before the midnight after the effective date", "effective date has passed"),
    "higher",
    NO_MESSAGES,
)
NEXT_BUSINESS_DAY = _declared(
    "next_business_day",
    "How many were answered by the close of the first business day after the effective day?",
    ("first reply at or before that close", "that close has passed"),
    "higher",
    NO_MESSAGES,
)
ROUND_TRIPS = _declared(
    "round_trips",
    "How many runs of the customer's messages did it take to solve those we answered?",
    ("answered runs of messages of substance", "solved, with at least one answered run"),
    "lower",
    NO_MESSAGES,
    runs,
)
ONE_REPLY = _declared(
    "one_reply",
    "Of those solved 14 days ago or longer: how many took one reply and did not come back?",
    ("one outbound of substance and not reopened within 14 days", "solved 14 days ago or longer"),
    "higher",
    f"within the 14 days; {NO_MESSAGES}",
)
REOPENED_14 = _declared(
    "reopened_14",
    "Of those solved 14 days ago or longer: how many came back within 14 × 24 hours?",
    ("inbound of substance, reopening or follow-up by then", "solved 14 days ago or longer"),
    "lower",
    NOT_SETTLED,
)
REOPENED_LATER = _declared(
    "reopened_later",
    "Of those solved 14 days ago or longer: how many came back first after that?",
    ("first return later than 14 × 24 hours", "solved 14 days ago or longer"),
    "lower",
    NOT_SETTLED,
)
REPEAT_CONTACT = _declared(
    "repeat_contact",
    "After how many solutions did the same customer ask about the same topic within 14 days?",
    (
        "followed by another inquiry of the same customer on the same topic",
        "settled, with a known customer and topic",
    ),
    "lower",
    "no customer or topic",
    repeats,
    version=2,
)
TRULY_SOLVED = _declared(
    "truly_solved",
    "How many neither came back nor were followed by another inquiry of that customer, on any topic"
    " (the lower bound) or on the same one (the upper)?",
    ("neither reopened nor asked again within 14 days", "settled, with a known customer"),
    "higher",
    "until 14 days have passed; no customer",
    repeats,
)
SENT_BACK = _declared(
    "sent_back",
    "Of all investigations, how many were sent back for missing facts, and for which?",
    ("sent back at least once", "investigations"),
    "lower",
    "no investigations",
    investigated,
    unit="investigations",
)
CORRECTNESS = _declared(
    "correctness",
    "Of answered investigations, how many were later reopened or contradicted?",
    ("answered, then reopened or contradicted", "answered investigations"),
    "lower",
    "no investigation answered",
    investigated,
    unit="investigations",
)
ANSWER_QUALITY = _declared(
    "answer_quality",
    "Of sampled answers, how many do two blind reviewers call right, complete, plain and kind?",
    ("both reviewers say right", "sampled answers of which both could tell"),
    "higher",
    "fewer than two reviewers",
    marks,
    unit="answers",
)
AGREEMENT = _declared(
    "agreement",
    "How far do two people who label the same inquiry agree?",
    (
        "1 − observed disagreement ÷ that expected by chance",
        "inquiries labelled by two independently: the first label, and blind ones",
    ),
    "higher",
    "fewer than two labellers",
    double_labels,
    unit="labels",
)
SINGLE_PERSON = _declared(
    "single_person",
    "Which topics with at least 5 findings in 180 days got 80 % of them from one person?",
    ("topics of which one person gave 80 % of the findings", "topics with at least 5 findings"),
    "lower",
    "no topics, or none with 5 findings",
    findings,
    unit="topics",
)
FINDINGS = _declared(
    "findings",
    "What was found: as designed, a defect, the user's environment, an error, abuse?",
    ("investigations whose last finding says so", "with a finding, by the date of the last"),
    "neither",
    "no findings in the source",
    verdicts,
    unit="investigations",
)
DEFECTS_FIXED = _declared(
    "defects_fixed",
    "Of defects found, how many are fixed?",
    (
        "a step after the finding says that it is fixed",
        "found to be a defect, where a step says what became of it: open, in a ticket, or fixed",
    ),
    "higher",
    "no step says what became of any defect",
    verdicts,
    unit="investigations",
)
NEGLECTED = _declared(
    "neglected",
    "Which accounts have an open matter or falling use, and no touch for 30 days?",
    (
        "no touch for 30 × 24 h: no message of substance from a person of ours in any inquiry of"
        " the account, and no case that we opened; never touched: since it first wrote",
        "accounts with an open matter received in these dates, as of the moment; falling use is not"
        " recorded here yet, so accounts with nothing but that are missing",
    ),
    "lower",
    "no accounts in the source, or none with an open matter",
    accounts,
    unit="accounts",
)
PROACTIVE = _declared(
    "proactive",
    "Of all cases, how many did we open before the customer asked?",
    ("inquiries and investigations opened by us", "all inquiries and investigations"),
    "higher",
    "no cases",
    unit="cases",
)
MEASURES = (
    *(SOLVED, HIGHEST_TIER, SELF_RESOLVED, HANDOVERS, WAITED, FIRST_REPLY, SAME_DAY),
    *(NEXT_BUSINESS_DAY, ROUND_TRIPS, ONE_REPLY, REOPENED_14, REOPENED_LATER, REPEAT_CONTACT),
    *(TRULY_SOLVED, SENT_BACK, CORRECTNESS, ANSWER_QUALITY, AGREEMENT, SINGLE_PERSON),
    *(NEGLECTED, PROACTIVE, FINDINGS, DEFECTS_FIXED),
)
BY_KEY = {measure.key: measure for measure in MEASURES}
