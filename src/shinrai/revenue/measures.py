"""The declared measures of revenue; amounts of several currencies are never added."""

from shinrai.units.measure import Measure

GRAIN = ("workspace_id", "currency", "month")
AMOUNT = "the currency; yen has no decimals"

MRR = Measure(
    key="mrr",
    version=1,
    question="How much do contracts bring in a month?",
    owner="revenue",
    grain=GRAIN,
    unit=AMOUNT,
    numerator="Monthly amounts of the contracts in force on the last day of a month.",
    denominator="one month",
    better="higher",
    unknown_when="no contracts are recorded",
    of_cases=False,
)
RECEIVED = Measure(
    key="money_received",
    version=1,
    question="How much was received in a month?",
    owner="revenue",
    grain=GRAIN,
    unit=AMOUNT,
    numerator="payments less refunds; those of nobody named are in it",
    denominator="one month in the workspace's zone",
    better="higher",
    unknown_when="no payments are recorded",
    of_cases=False,
)
ARPU = Measure(
    key="arpu",
    version=1,
    question="How much does a contract bring in a month?",
    owner="revenue",
    grain=GRAIN,
    unit=AMOUNT,
    numerator="what was received less refunds; MRR where no payments are recorded",
    denominator="contracts in force on the month's last day",
    better="higher",
    unknown_when="no contract is in force",
    of_cases=False,
)
ARPPU = Measure(
    key="arppu",
    version=1,
    question="How much does a contract that is paid for bring in a month?",
    owner="revenue",
    grain=GRAIN,
    unit=AMOUNT,
    numerator="what was received less refunds; MRR where no payments are recorded",
    denominator="contracts in force with an amount above 0",
    better="higher",
    unknown_when="no paying contract is in force",
    of_cases=False,
)
CONTRACT_CHURN = Measure(
    key="contract_churn",
    version=1,
    question="Of the contracts in force before a month, how many ended in it?",
    owner="revenue",
    grain=GRAIN,
    unit="contracts",
    numerator="not in force at the month's end; who stops using the service is another churn",
    denominator="contracts in force before the month",
    better="lower",
    unknown_when="no contract was in force before",
    of_cases=False,
)
ARPU_ACTIVE = Measure(
    key="arpu_active",
    version=1,
    question="How much does an active learner bring in a month?",
    owner="revenue",
    grain=GRAIN,
    unit=AMOUNT,
    numerator="what contracts with a linked learner brought in the month; others are left out",
    denominator="those learners who were active in it",
    better="higher",
    unknown_when="no contract has a linked learner",
    of_cases=False,
)
INACTIVE = Measure(
    key="inactive_under_contract",
    version=1,
    question="How many learners under contract for a whole month were not active in it?",
    owner="revenue",
    grain=GRAIN,
    unit="learners",
    numerator="without an active day in the month; their contracts may run on",
    denominator="learners under contract for the whole month",
    better="lower",
    unknown_when="no usage is recorded",
    of_cases=False,
)
LIFETIME = Measure(
    key="purchases_to_come",
    version=1,
    question="How often will customers without a contract still buy?",
    owner="revenue",
    grain=("workspace_id",),
    unit="purchases",
    numerator="expected by a model in which each buys at a steady rate until leaving for good",
    denominator="customers who ever bought",
    better="higher",
    unknown_when="too few came back to tell",
    of_cases=False,
)
MEASURES = (MRR, RECEIVED, ARPU, ARPU_ACTIVE, ARPPU, CONTRACT_CHURN, INACTIVE, LIFETIME)
