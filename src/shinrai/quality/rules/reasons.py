"""The reasons why a figure of quality is unknown, in both languages."""

from typing import Final

from shinrai.units.unknown import Unknown

NO_MESSAGES: Final = Unknown("no messages in the source")
OPENED_BY_US: Final = Unknown("cases opened by us have no first reply")
NOTHING_ASKED: Final = Unknown("no inquiries here")
NO_DAY_PASSED: Final = Unknown("no effective day has passed yet, or all of them are in doubt")
NOTHING_DUE: Final = Unknown(
    "nothing was due by the next business day yet, or all of it is in doubt"
)
NOTHING_SOLVED: Final = Unknown("nothing was solved, as far as the source says")
NOT_SETTLED: Final = Unknown("no solution is 14 days old yet, or all of them are in doubt")
NO_ANSWERED_RUN: Final = Unknown("no solved inquiry has an answered run")
NO_TIERS: Final = Unknown("no tiers in the source")
NO_GROUPS: Final = Unknown("no groups in the source")
NO_WAITS: Final = Unknown("no waits in the source")
NO_CUSTOMER: Final = Unknown("no customer in the source")
NO_TOPICS: Final = Unknown("no topics have been labelled")
NO_TOPIC_SETTLED: Final = Unknown("nothing labelled was solved 14 days ago or longer")
FEW_FINDINGS: Final = Unknown("no topic has 5 findings in 180 days")
NO_INVESTIGATIONS: Final = Unknown("no investigations here")
NOTHING_ANSWERED: Final = Unknown("no investigation was answered")
NO_REVIEWERS: Final = Unknown("fewer than two reviewers have judged a sample")
CANNOT_TELL: Final = Unknown("the reviewers could not tell")
NO_LABELLERS: Final = Unknown("fewer than two people have labelled the same")
ONE_TOPIC: Final = Unknown("agreement is asked of all topics together")
NO_ACCOUNTS: Final = Unknown("no accounts in the source")
NO_OPEN_ACCOUNT: Final = Unknown("no account has an open matter")
NO_USE: Final = Unknown("no use of the product is recorded here")
NO_ACCOUNT_MINUTES: Final = Unknown("no minutes are written down for an account")
MODES_MIX: Final = Unknown("modes never mix; choose one, or read each of them")
