"""Simulate investigations that CS files with CRE: durations, those sent back, wrong answers."""

from dataclasses import dataclass

import numpy as np

from shinrai.sample.rules.arrivals import DAY_US, Bools, Floats, Ints
from shinrai.sample.rules.hours import OPEN_H, Desk
from shinrai.sample.rules.profiles import THIRD_OF_SECOND
from shinrai.sample.rules.subjects import DEFECT, MISSING_WEIGHTS, SUBJECTS
from shinrai.sample.rules.truth import Truth

NEVER = np.iinfo(np.int64).max
SHORTEST_H = 0.25


@dataclass(frozen=True)
class Investigations:
    """Investigations as arrays, one entry each; NEVER stands for a moment that never comes."""

    inquiry: Ints
    matter: Ints
    filed_us: Ints
    back_us: tuple[Ints, Ints]
    again_us: tuple[Ints, Ints]
    missing: tuple[Ints, Ints]
    escalated_us: Ints
    exempted_us: Ints
    withdrawn_us: Ints
    answered_us: Ints
    wrong_us: Ints
    corrected_us: Ints
    minutes: Ints
    late: Bools
    in_ticket: Bools
    fixed_us: Ints

    @property
    def ended_us(self) -> Ints:
        """Return when each was answered or withdrawn."""
        return np.minimum(self.answered_us, self.withdrawn_us)


def simulate_investigations(
    rng: np.random.Generator, desk: Desk, truth: Truth, inquiry: Ints, matter: Ints, filed_us: Ints
) -> Investigations:
    """Draw what happens in each investigation after it is filed."""
    count = len(filed_us)
    late = rng.random(count) < truth.late_share
    usual = rng.lognormal(np.log(truth.median_business_hours), 0.6, count).clip(SHORTEST_H, 14.5)
    dragging = 3 * OPEN_H + rng.exponential(1.6 * OPEN_H, count).clip(1, 10 * OPEN_H)
    hours = np.where(late, dragging, usual)
    back, again, missing, begun, hours = _sent_back(rng, desk, truth, filed_us, hours)
    withdrawn = rng.random(count) < truth.withdrawn_share
    exempt = ~withdrawn & (rng.random(count) < truth.exempt_share)
    # The logs give the third line's share over all that left the first; some subjects need it.
    needs = np.array([item.needs_engineers for item in SUBJECTS])[matter]
    share = np.where(needs, THIRD_OF_SECOND / max(needs.mean(), 0.01), 0.0) if count else needs
    escalated = ~withdrawn & (rng.random(count) < share)
    exempted_at = desk.after(begun, np.minimum(hours / 4, 1.0))
    hours = np.where(exempt, hours * 3, hours)
    answered = desk.after(begun, np.maximum(hours, SHORTEST_H))
    wrong = ~withdrawn & (rng.random(count) < truth.wrong_answer_share)
    wrong_at = desk.after(answered, rng.uniform(4, 60, count))
    in_ticket, fixed = _repairs(answered, withdrawn, matter)
    return Investigations(
        inquiry=inquiry,
        matter=matter,
        filed_us=filed_us,
        back_us=back,
        again_us=again,
        missing=missing,
        escalated_us=np.where(escalated, desk.after(begun, hours / 3), NEVER),
        exempted_us=np.where(exempt, exempted_at, NEVER),
        withdrawn_us=np.where(withdrawn, desk.after(begun, hours / 2), NEVER),
        answered_us=np.where(withdrawn, NEVER, answered),
        wrong_us=np.where(wrong, wrong_at, NEVER),
        corrected_us=np.where(wrong, desk.after(wrong_at, rng.uniform(1, 12, count)), NEVER),
        minutes=rng.lognormal(np.log(38), 0.7, count).clip(5, 480).astype(np.int64),
        late=late,
        in_ticket=in_ticket,
        fixed_us=fixed,
    )


def _repairs(answered: Ints, withdrawn: Bools, matter: Ints) -> tuple[Bools, Ints]:
    """Say of which defects developers have a ticket (8 of 10), and when each is fixed (6 of 10).

    By place in the order of filing, not by lot, so that nothing drawn after it changes.
    """
    place = np.arange(len(answered))
    is_defect = np.array([item.verdict == DEFECT for item in SUBJECTS])[matter] & ~withdrawn
    in_ticket: Bools = is_defect & (place % 10 < 8)
    is_fixed = is_defect & (place % 10 < 6)
    after = (3 + place * 7 % 25) * DAY_US
    return in_ticket, np.where(is_fixed, answered + after, NEVER)


def _sent_back(
    rng: np.random.Generator, desk: Desk, truth: Truth, filed_us: Ints, hours: Floats
) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints], tuple[Ints, Ints], Ints, Floats]:
    """Draw which are sent back for missing facts, and which of them twice.

    Returns (sent back, resubmitted, what was missing, last begun, hours of work left).
    """
    count = len(filed_us)
    begun, left = filed_us, hours
    returned = np.ones(count, dtype=bool)
    back: list[Ints] = []
    again: list[Ints] = []
    missing: list[Ints] = []
    for share in (truth.sent_back_share, truth.sent_back_twice_share):
        returned = returned & (rng.random(count) < share)
        at = desk.after(begun, left * 0.3 + 0.17)
        resubmitted = desk.after(at, OPEN_H * (0.2 + rng.random(count)))
        back.append(np.where(returned, at, NEVER))
        again.append(np.where(returned, resubmitted, NEVER))
        missing.append(rng.choice(len(MISSING_WEIGHTS), count, p=MISSING_WEIGHTS))
        begun = np.where(returned, resubmitted, begun)
        left = np.where(returned, left * 0.7, left)
    return (back[0], back[1]), (again[0], again[1]), (missing[0], missing[1]), begun, left
