"""Simulate what happens to each inquiry: replies, rounds, solution and reopening."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from shinrai.sample.rules import profiles
from shinrai.sample.rules.arrivals import (
    DAY_US,
    DIRECT,
    EPOCH,
    HOUR_US,
    MAIL,
    MERGED,
    NO_REPLY,
    ORDINARY,
    PHONE,
    PROACTIVE,
    SECOND_US,
    TOKYO_US,
    VIA_CS,
    Bools,
    Floats,
    Inquiries,
    Ints,
)
from shinrai.sample.rules.hours import Desk
from shinrai.sample.rules.investigations import NEVER, Investigations, simulate_investigations
from shinrai.sample.rules.scenario import RUSH, Scenario, days_of, season
from shinrai.sample.rules.subjects import SUBJECTS
from shinrai.sample.rules.truth import Truth

MOST_ROUNDS: Final = 5
DIRECT_SAME_DAY: Final = 0.8  # schools ask engineers in office hours
FORTNIGHT_US: Final = 14 * DAY_US


@dataclass
class Outcomes:
    """Outcomes as arrays, with one entry per inquiry; NEVER stands for a moment that never comes.

    `asked_us[j]` is when the customer wrote and began round j + 1; `replied_us[j]` when that
    message was answered. `final_us` is the last answer before the solution.
    """

    rounds: Ints
    asked_us: list[Ints]
    replied_us: list[Ints]
    silent: Bools
    templates: Bools
    same_day_share: Floats
    reply_day: Ints  # 0 the effective day, 1 the next business day, more: late
    investigated: Bools
    final_us: Ints  # our last answer
    solved_us: Ints
    reopened_us: Ints
    answered_again_us: Ints
    solved_again_us: Ints
    follow_up: Bools


def simulate_outcomes(
    rng: np.random.Generator, desk: Desk, scenario: Scenario, truth: Truth, found: Inquiries
) -> tuple[Outcomes, Investigations]:
    """Draw the outcomes of inquiries, and of the investigations about them."""
    count = len(found)
    templates = found.at_us >= _moment(scenario.templates_on)
    share, day = _reply_days(rng, desk, scenario, truth, found, templates)
    reply = desk.on_day(found.at_us, day, _reply_hours(rng, truth, count))
    on_call = desk.after(found.at_us, rng.uniform(2, 12, count) / 60)
    reply = np.where(found.channel == PHONE, on_call, reply)
    written = found.at_us + rng.integers(120, 1200, count) * SECOND_US
    reply = np.where(found.mode == PROACTIVE, written, reply)
    rounds = _rounds(rng, truth, found, templates)
    silent = (rounds > 1) & (rng.random(count) < truth.silent_share)
    asked, replied = _exchange(rng, desk, found.at_us, reply, rounds)
    last = np.choose(rounds - 1, replied)
    investigated = _investigated(rng, truth, found) & ~silent
    places = np.flatnonzero(investigated)
    filed = desk.after(last[places], rng.uniform(0.05, 0.4, len(places)))
    tickets = simulate_investigations(rng, desk, truth, places, found.matter[places], filed)
    final = last.copy()
    final[places] = desk.after(tickets.ended_us, rng.lognormal(np.log(0.6), 0.7, len(places)))
    solved = _solved(rng, desk, found, final, silent)
    reopened, follow_up = _reopened(rng, truth, found, solved)
    back = np.flatnonzero(reopened != NEVER)
    answered_again = np.full(count, NEVER)
    solved_again = np.full(count, NEVER)
    answered_again[back] = desk.after(reopened[back], _reply_hours(rng, truth, len(back)))
    solved_again[back] = answered_again[back] + rng.integers(30, 900, len(back)) * SECOND_US
    outcomes = Outcomes(
        rounds, asked, replied, silent, templates, share, day, investigated, final, solved,
        reopened, answered_again, solved_again, follow_up,
    )  # fmt: skip
    return outcomes, tickets


def _moment(on: date) -> int:
    return (on - EPOCH).days * DAY_US - TOKYO_US


def _reply_days(
    rng: np.random.Generator,
    desk: Desk,
    scenario: Scenario,
    truth: Truth,
    found: Inquiries,
    templates: Bools,
) -> tuple[Floats, Ints]:
    """Draw on which business day each inquiry is first answered.

    Returns the probability of a reply on day 0, and the day drawn.
    """
    level = season(days_of(scenario))
    day = (found.at_us + TOKYO_US) // DAY_US - (scenario.first - EPOCH).days
    rush = level[np.clip(day, 0, len(level) - 1)] >= RUSH
    share: Floats = truth.same_day_share + truth.templates_same_day_gain * templates.astype(float)
    share = (share - truth.rush_same_day_loss * rush).clip(0.0, 1.0)
    share = np.where(found.mode == DIRECT, DIRECT_SAME_DAY, share)
    drawn = rng.random(len(found))
    late = 2 + rng.poisson(0.6, len(found))
    is_late = drawn >= 1 - truth.reply_late_share
    return share, np.where(is_late, late, np.where(drawn < share, 0, 1))


def _reply_hours(rng: np.random.Generator, truth: Truth, count: int) -> Floats:
    """Draw hours of work until a reply: shaped like a forum's, scaled to this desk's median."""
    which = (rng.random(count) >= profiles.FIRST_REPLY_SHARES[0]).astype(np.int64)
    middle = np.log(truth.reply_middle_h * np.array(profiles.FIRST_REPLY_MIDDLES))
    spread = np.array(profiles.FIRST_REPLY_SPREADS)
    hours: Floats = np.exp(rng.normal(middle[which], spread[which])).clip(0.05, 40)
    return hours


def _rounds(rng: np.random.Generator, truth: Truth, found: Inquiries, templates: Bools) -> Ints:
    """Draw the number of rounds of each inquiry; answer templates lead to fewer."""
    rounds = np.ones(len(found), dtype=np.int64)
    goes_on = (found.mode != PROACTIVE) & (found.fate == ORDINARY)
    factor = profiles.DESK_TO_FORUM * np.where(templates, truth.templates_rounds_factor, 1.0)
    for another in profiles.ANOTHER_ROUND[: MOST_ROUNDS - 1]:
        goes_on = goes_on & (rng.random(len(found)) < another * factor)
        rounds += goes_on
    return rounds


def _exchange(
    rng: np.random.Generator, desk: Desk, at_us: Ints, reply_us: Ints, rounds: Ints
) -> tuple[list[Ints], list[Ints]]:
    """Draw when the customer wrote and when the desk answered, for each round."""
    asked, replied = [at_us], [reply_us]
    for _ in range(1, MOST_ROUNDS):
        count = len(at_us)
        hours = rng.lognormal(np.log(profiles.ASKER_MIDDLE_H), profiles.ASKER_SPREAD, count)
        wrote = replied[-1] + (hours.clip(0.02, 150) * HOUR_US).astype(np.int64)
        wrote = _by_day(wrote) // SECOND_US * SECOND_US
        asked.append(wrote)
        replied.append(desk.after(wrote, rng.lognormal(np.log(1.3), 1.1, count).clip(0.05, 20)))
    return asked, replied


def _by_day(at_us: Ints) -> Ints:
    """Move moments between 1 and 6 o'clock at night seven hours later, because people sleep."""
    hour = (at_us + TOKYO_US) % DAY_US // HOUR_US
    return np.where((hour >= 1) & (hour < 6), at_us + 7 * HOUR_US, at_us)


def _investigated(rng: np.random.Generator, truth: Truth, found: Inquiries) -> Bools:
    shares = np.array([matter.investigated for matter in SUBJECTS])
    weights = np.array([matter.weight for matter in SUBJECTS])
    scale = truth.investigated_share / ((shares * weights).sum() / weights.sum())
    may = (found.mode == VIA_CS) & (found.fate == ORDINARY)
    drawn: Bools = may & (rng.random(len(found)) < shares[found.matter] * scale)
    return drawn


def _solved(
    rng: np.random.Generator, desk: Desk, found: Inquiries, final: Ints, silent: Bools
) -> Ints:
    """Draw when each was marked solved: with the answer, days later, or when no reply came."""
    count = len(final)
    at_once = final + rng.integers(20, 600, count) * SECOND_US
    later = desk.after(final, rng.uniform(6, 26, count))
    given_up = desk.after(final, rng.uniform(38, 46, count))
    solved = np.where(rng.random(count) < 0.62, at_once, later)
    solved = np.where(silent, given_up, solved)
    looked_at = desk.after(found.at_us, rng.uniform(0.1, 7, count))
    quick = found.fate == NO_REPLY
    solved = np.where(quick, looked_at, solved)
    return np.where(quick | (found.fate == ORDINARY), solved, NEVER)


def _reopened(
    rng: np.random.Generator, truth: Truth, found: Inquiries, solved: Ints
) -> tuple[Ints, Bools]:
    """Draw when each inquiry is reopened, if ever: within 14 days of its solution, or later.

    Also returns which of them are reopened by a new inquiry that refers to the old one.
    """
    count = len(solved)
    drawn = rng.random(count)
    may = found.fate == ORDINARY
    soon = may & (drawn < truth.reopened_share)
    later = may & ~soon & (drawn < truth.reopened_share + truth.reopened_later_share)
    start = np.where(may, solved, 0)
    within = _by_day(start + _days_within_fortnight(rng, count, 3.0))
    after = start + FORTNIGHT_US + (rng.uniform(1, 40, count) * DAY_US).astype(np.int64)
    came = np.where(soon, within, after) // SECOND_US * SECOND_US
    follow_up: Bools = soon & (rng.random(count) < truth.follow_up_of_reopened)
    return np.where(soon | later, came, NEVER), follow_up


def _days_within_fortnight(rng: np.random.Generator, count: int, mean_days: float) -> Ints:
    """Draw how long it takes until customers write again, in microseconds, below 14 days."""
    days = rng.exponential(mean_days, count) % 13.0 + 0.05
    return (days * DAY_US).astype(np.int64)


def simulate_repeats(
    rng: np.random.Generator, truth: Truth, found: Inquiries, outcomes: Outcomes
) -> Inquiries:
    """Draw the inquiries that follow from others: repeats, follow-ups and duplicates."""
    count = len(found)
    ordinary = found.fate == ORDINARY
    drawn = rng.random(count)
    solved_for_good = ordinary & (outcomes.reopened_us == NEVER) & (found.mode == VIA_CS)
    repeats = solved_for_good & (drawn < truth.repeat_share)
    twice = ordinary & ~repeats & (found.mode == VIA_CS) & (drawn > 1 - truth.merged_share)
    start = np.where(repeats, outcomes.solved_us, found.at_us)
    again = start + _days_within_fortnight(rng, count, 4.0)
    soon = found.at_us + rng.integers(300, 5400, count) * SECOND_US
    at = np.where(outcomes.follow_up, outcomes.reopened_us, np.where(repeats, _by_day(again), soon))
    places = np.flatnonzero(outcomes.follow_up | repeats | twice)
    new = found.take(places)
    new.at_us = at[places] // SECOND_US * SECOND_US
    new.origin = places
    new.follows = outcomes.follow_up[places]
    new.fate = np.where(twice[places] & ~new.follows, MERGED, ORDINARY)
    new.channel = np.where(new.channel == PHONE, MAIL, new.channel)
    return new
