"""The truth about the sample: its parameters, what was drawn, and when events happened."""

from typing import Any

import numpy as np

from shinrai.sample.rules.arrivals import DAY_US, FATES, MERGED, MODES, ORDINARY, VIA_CS, Bools
from shinrai.sample.rules.company import Company, key_of
from shinrai.sample.rules.investigations import NEVER
from shinrai.sample.rules.log import TOPICS, accounts_of
from shinrai.sample.rules.outcomes import FORTNIGHT_US
from shinrai.sample.rules.subjects import ALONE, SUBJECTS
from shinrai.units.moments import from_us


def known_truth(company: Company) -> dict[str, Any]:
    """Return what measures of the sample should find: parameters, counts, effects, topics.

    Counts include what happened by the company's moment. They are computed from the simulation and
    not from the ledger.
    """
    return {
        "simulated": True,
        "at": from_us(company.until_us).isoformat(),
        "seed": company.seed,
        "told": company.truth.as_json(),
        "drawn": _draw(company),
        "effects": _effects(company),
        "events": company.scenario.as_json(),
        "minutes_by_job": _minutes(),
        "topic_of": _topics(company),
        "answered_alone": dict(zip(("topic", "person"), ALONE, strict=True)),
    }


def _draw(company: Company) -> dict[str, Any]:
    found, outcomes, tickets, until = (
        company.found,
        company.outcomes,
        company.tickets,
        company.until_us,
    )
    there = found.at_us <= until
    is_school = accounts_of(found.customer) > 0
    ordinary = there & (found.fate == ORDINARY)
    via_cs = ordinary & (found.mode == VIA_CS)
    solved = ordinary & (outcomes.solved_us <= until)
    ripe = ordinary & (outcomes.solved_us <= until - FORTNIGHT_US)
    soon = outcomes.reopened_us - np.where(ripe, outcomes.solved_us, 0) <= FORTNIGHT_US
    replied = via_cs & (outcomes.replied_us[0] <= until - 8 * DAY_US)
    filed = tickets.filed_us <= until - 30 * DAY_US
    answered = filed & (tickets.answered_us <= until)
    return {
        "inquiries": int(there.sum()),
        "by_mode": {name: int((there & (found.mode == n)).sum()) for n, name in enumerate(MODES)},
        "of_schools": int((there & is_school).sum()),
        "schools": len(np.unique(found.customer[there & is_school])),
        "by_fate": {name: int((there & (found.fate == n)).sum()) for n, name in enumerate(FATES)},
        "solved": int(solved.sum()),
        "rounds": {
            str(n): int((solved & (outcomes.rounds - outcomes.silent == n)).sum())
            for n in range(1, 6)
        },
        "reopened_14": _share(ripe & soon & (outcomes.reopened_us != NEVER), ripe),
        "same_day": _share(replied & (outcomes.reply_day == 0), replied),
        "next_business_day": _share(replied & (outcomes.reply_day <= 1), replied),
        "investigated": _share(via_cs & outcomes.investigated, via_cs),
        "repeats": int((there & (found.origin >= 0) & ~found.follows & ~_merged(company)).sum()),
        "investigations": int((tickets.filed_us <= until).sum()),
        "sent_back": _share(filed & (tickets.back_us[0] != NEVER), filed),
        "escalated": _share(filed & (tickets.escalated_us != NEVER), filed),
        "contradicted": _share(answered & (tickets.wrong_us <= until), answered),
    }


def _merged(company: Company) -> Bools:
    merged: Bools = company.found.fate == MERGED
    return merged


def _share(these: Bools, of: Bools) -> dict[str, int]:
    return {"count": int((these & of).sum()), "of": int(of.sum())}


def _effects(company: Company) -> list[dict[str, Any]]:
    truth, scenario = company.truth, company.scenario
    templates = {"initiative": "answer templates", "from": str(scenario.templates_on)}
    return [
        {**templates, "on": "same_day", "added_share": truth.templates_same_day_gain},
        {**templates, "on": "further rounds", "factor": truth.templates_rounds_factor},
        {**templates, "on": "minutes of agents", "factor": truth.templates_minutes_factor},
        {
            "initiative": "a new signature",
            "from": str(scenario.signature_on),
            "on": "anything",
            "effect": truth.signature_effect,
        },
    ]


def _minutes() -> dict[str, float]:
    """Return the median minutes of work by topic, for one round without answer templates."""
    return {matter.key: matter.minutes for matter in SUBJECTS}


def _topics(company: Company) -> dict[str, str]:
    """Return the true topic of each inquiry by its key; spam is left out."""
    found = company.found
    about = np.where(found.fate == FATES.index("no_reply_needed"), len(SUBJECTS), found.matter)
    return {
        key_of(number): TOPICS[about[number]]
        for number in np.flatnonzero(
            (found.at_us <= company.until_us) & (found.fate != FATES.index("spam"))
        ).tolist()
    }
