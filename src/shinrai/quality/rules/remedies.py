"""What must be done, or pass, for an unknown figure to become known, by reason."""

from typing import Final

from shinrai.quality.rules import reasons
from shinrai.statistics import krippendorff
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

REMEDIES: Final[dict[Unknown, Text]] = {
    reasons.NO_MESSAGES: Text("Import a source that keeps the messages, not only the states."),
    reasons.OPENED_BY_US: Text("Nothing to do: we spoke first."),
    reasons.NOTHING_ASKED: Text("Look at other dates."),
    reasons.NO_DAY_PASSED: Text(
        "Comes by itself once a day has passed, or once the doubts are settled."
    ),
    reasons.NOTHING_DUE: Text(
        "Comes by itself with the next close, or once the doubts are settled."
    ),
    reasons.NOTHING_SOLVED: Text(
        "Say in the mapping which of the source's states means solved, and import again."
    ),
    reasons.NOT_SETTLED: Text("Comes by itself 14 days after the first solutions."),
    reasons.NO_ANSWERED_RUN: Text("Comes with the first solved inquiry that was answered."),
    reasons.NO_TIERS: Text("Say in the mapping which group is which tier, and import again."),
    reasons.NO_GROUPS: Text("Import a source that says which group holds a case."),
    reasons.NO_WAITS: Text(
        "Say in the mapping which of the source's states means waiting, and import again."
    ),
    reasons.NO_CUSTOMER: Text("Import a source that says who asked, be it by a number."),
    reasons.NO_TOPICS: Text("Label what the cases are about."),
    reasons.NO_TOPIC_SETTLED: Text(
        "Label what is solved; comes by itself 14 days after the solutions."
    ),
    reasons.FEW_FINDINGS: Text(
        "Comes once a topic has 5 findings; label the inquiries that are investigated."
    ),
    krippendorff.TOO_FEW: Text("Two people judge the same, without seeing each other."),
    krippendorff.NO_VARIETY: Text("Comes once the judgements are not all the same."),
    reasons.NO_INVESTIGATIONS: Text("Import the sheet in which CS files questions with CRE."),
    reasons.NOTHING_ANSWERED: Text("Comes with the first investigation that is answered."),
    reasons.NO_REVIEWERS: Text(
        "Two people judge the same answers of a week, without seeing each other's verdict."
    ),
    reasons.CANNOT_TELL: Text("Let people review who know the product."),
    reasons.NO_LABELLERS: Text(
        "Two people label the same inquiries, without seeing each other's labels."
    ),
    reasons.ONE_TOPIC: Text(
        "Ask without a topic; how far labellers agree on each stands on the page of topics."
    ),
    reasons.NO_ACCOUNTS: Text(
        "Say in the mapping which column names the company of an inquiry, and import again."
    ),
    reasons.NO_OPEN_ACCOUNT: Text("Nothing to do: comes with the next open matter of an account."),
    reasons.NO_USE: Text("Needs what the accounts use; it is not brought in yet."),
    reasons.NO_ACCOUNT_MINUTES: Text("Write down minutes on the inquiries of accounts."),
}


def remedy_words(why: Unknown) -> Text | str:
    """Return what would make it known; "" if nothing is written for this reason."""
    return REMEDIES.get(why, "")
