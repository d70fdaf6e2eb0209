"""The files of contracts, payments, households and shared tablets, up to the moment shown."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from shinrai.sample.rules.arrivals import Ints
from shinrai.sample.rules.company import TOKYO
from shinrai.sample.rules.learners import PLANS, SIBLINGS, Learners, identifier
from shinrai.sample.rules.study import StudyEvents
from shinrai.units.moments import epoch_us, from_us

CONTRACTS: Final = (
    "contract id", "customer id", "plan", "monthly amount", "currency", "start date", "end date",
)  # fmt: skip
PAYMENTS: Final = (
    "payment id", "contract id", "customer id", "amount", "currency", "paid at", "kind",
)  # fmt: skip
HOUSEHOLDS: Final = ("learner", "guardian", "contract", "since", "until", "proof")
PROOF: Final = "申込書の保護者欄"
REFUNDED, ONE_IN = 7, 40  # of contracts that ended, who gets the last month back
REFUND_DAYS: Final = 5
SHARED, OF = 2, 5  # of households with two children, those with one tablet


def guardian_name(number: int) -> str:
    """Return how the desk and the contracts call a household's guardian."""
    return f"U-{1_000_000 + number}"


def contract_key(number: int) -> str:
    """Return the number of a contract, such as "K-00001" for number 0."""
    return f"K-{number + 1:05d}"


def has_tablet(found: Learners, contract: int) -> bool:
    """Return whether the two children of a contract share a tablet."""
    return found.contracts.plan[contract] == SIBLINGS and contract % OF < SHARED


def begun(found: Learners) -> Ints:
    """Return the numbers of the contracts that have begun."""
    return np.flatnonzero(found.contracts.start <= found.today)


def span(found: Learners, contract: int) -> tuple[date, date | None]:
    """Return a contract's first day and the first without it; None while it runs."""
    start, end = found.contracts.start[contract], found.contracts.end[contract]
    first = found.first + timedelta(int(start))
    return first, found.first + timedelta(int(end)) if end <= found.today else None


def contract_rows(found: Learners) -> Iterator[tuple[str, ...]]:
    """Return the contracts that have begun."""
    contracts = found.contracts
    for one in begun(found).tolist():
        start, end = span(found, one)
        plan, yen = PLANS[contracts.plan[one]]
        payer = guardian_name(contracts.guardian[one])
        yield contract_key(one), payer, plan, str(yen), "JPY", str(start), str(end or "")


def payment_rows(found: Learners) -> Iterator[tuple[str, ...]]:
    """Return what was paid since usage began: when a contract begins, then on the 1st of a month.

    In the free month a contract begins without a payment.
    """
    contracts, campaign = found.contracts, found.scenario.campaign
    for one in begun(found).tolist():
        start, end = span(found, one)
        yen, payer = contracts.yen[one], guardian_name(contracts.guardian[one])
        paid = [] if campaign.on <= start <= campaign.last_on else [(start, 12)]
        paid += [
            (on, 9) for on in found.days if on.day == 1 and start < on and (not end or on < end)
        ]
        moments = [datetime.combine(on, time(hour), TOKYO) for on, hour in paid]
        rows = [(f"P-{one + 1:05d}-{at:%Y%m%d}", yen, at, "payment") for at in moments]
        if end and one % ONE_IN == REFUNDED:
            at = datetime.combine(end + timedelta(REFUND_DAYS), time(12), TOKYO)
            rows.append((f"R-{one + 1:05d}", yen, at, "refund"))
        for key, amount, at, kind in rows:
            if at.date() >= found.first and epoch_us(at) <= found.until_us:
                shown = at.isoformat(timespec="minutes")
                yield key, contract_key(one), payer, str(amount), "JPY", shown, kind


def household_rows(found: Learners) -> Iterator[tuple[str, ...]]:
    """Return who is whose guardian; the second guardian of a household has no contract."""
    for learner in np.flatnonzero(found.joined).tolist():
        one = int(found.contract[learner])
        start, end = span(found, one)
        for guardian, key in (
            (found.contracts.guardian[one], contract_key(one)),
            (found.contracts.second[one], ""),
        ):
            if guardian >= 0:
                yield (
                    identifier(learner), guardian_name(guardian), key, str(start), str(end or ""),
                    PROOF,
                )  # fmt: skip


def tablet_messages(found: Learners, events: StudyEvents) -> Iterator[dict[str, Any]]:
    """Return messages as a client library sends them: the first sign-ins on shared tablets.

    Somebody who is not known yet opened each of them before the first.
    """
    _learners, firsts = np.unique(events.learner, return_index=True)
    seen: set[int] = set()
    for place in np.sort(firsts).tolist():
        learner = int(events.learner[place])
        one = int(found.contract[learner])
        if not has_tablet(found, one):
            continue
        tablet, at = f"T-{one + 1:05d}", from_us(int(events.at_us[place]))
        if one not in seen:
            yield {
                "type": "track", "event": "app_opened", "anonymousId": tablet,
                "messageId": f"{tablet}-opened",
                "timestamp": (at - timedelta(seconds=20)).isoformat(),
            }  # fmt: skip
        seen.add(one)
        yield {
            "type": "identify", "anonymousId": tablet, "userId": identifier(learner),
            "messageId": f"{tablet}-{identifier(learner)}", "timestamp": at.isoformat(),
        }  # fmt: skip
