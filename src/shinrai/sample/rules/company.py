"""Simulate the sample company as a whole and show it as of a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from shinrai.sample.rules.arrivals import VIA_CS, Inquiries, Ints, simulate_arrivals
from shinrai.sample.rules.hours import desk_from
from shinrai.sample.rules.investigations import Investigations
from shinrai.sample.rules.outcomes import Outcomes, simulate_outcomes, simulate_repeats
from shinrai.sample.rules.scenario import Scenario, scenario_until
from shinrai.sample.rules.step_builder import FIRST_ENGINEER, StepBuilder
from shinrai.sample.rules.steps import StepColumns, Steps
from shinrai.sample.rules.subjects import AGENTS, ALONE, ENGINEERS, PLACES
from shinrai.sample.rules.truth import Truth
from shinrai.units.moments import epoch_us

TOKYO: Final = ZoneInfo("Asia/Tokyo")
SEED: Final = 20260602


@dataclass(frozen=True)
class Company:
    """Everything that is simulated, up to the end of a month.

    `until_us` is the moment up to which it is shown (microseconds since 1970).
    """

    scenario: Scenario
    truth: Truth
    seed: int
    until_us: int
    found: Inquiries
    outcomes: Outcomes
    tickets: Investigations
    steps: Steps

    @property
    def happened(self) -> Steps:
        """Return the steps up to the moment `until_us`."""
        return self.steps.take(self.steps["at_us"] <= self.until_us)


def simulate(*, until: datetime, seed: int = SEED, truth: Truth | None = None) -> Company:
    """Simulate three years up to a moment; equal seed, truth and moment give an equal company.

    Everything is always drawn to the end of the month, so a later day of it only adds steps.
    """
    told = truth or Truth()
    scenario = scenario_until(until.astimezone(TOKYO).date())
    rng = np.random.default_rng(seed)
    desk = desk_from(scenario.first, scenario.last)
    first = simulate_arrivals(rng, scenario, told)
    outcomes, tickets = simulate_outcomes(rng, desk, scenario, told, first)
    second = simulate_repeats(rng, told, first, outcomes)
    its_lives, its_tickets = simulate_outcomes(rng, desk, scenario, told, second)
    stays = np.flatnonzero(its_lives.follow_up)
    its_lives.follow_up[stays] = False
    found = first.joined(second)
    both = _joined(outcomes, its_lives)
    all_tickets = _join_investigations(tickets, its_tickets, len(first))
    found, both, all_tickets = _in_order(found, both, all_tickets)
    builder = StepBuilder(
        rng, desk, told, found, both, all_tickets, _agents(rng, found), StepColumns()
    )
    return Company(scenario, told, seed, epoch_us(until), found, both, all_tickets, builder.build())


def _joined(one: Outcomes, other: Outcomes) -> Outcomes:
    def put(name: str) -> object:
        mine, theirs = getattr(one, name), getattr(other, name)
        if isinstance(mine, list):
            return [np.concatenate(pair) for pair in zip(mine, theirs, strict=True)]
        return np.concatenate([mine, theirs])

    return Outcomes(**{name: put(name) for name in vars(one)})  # type: ignore[arg-type]


def _join_investigations(one: Investigations, other: Investigations, shift: int) -> Investigations:
    def put(name: str) -> object:
        mine, theirs = getattr(one, name), getattr(other, name)
        if isinstance(mine, tuple):
            return tuple(np.concatenate(pair) for pair in zip(mine, theirs, strict=True))
        return np.concatenate([mine, theirs + shift if name == "inquiry" else theirs])

    return Investigations(**{name: put(name) for name in vars(one)})  # type: ignore[arg-type]


def _in_order(
    found: Inquiries, outcomes: Outcomes, tickets: Investigations
) -> tuple[Inquiries, Outcomes, Investigations]:
    """Sort inquiries by arrival and investigations by filing, and update the indices they hold."""
    order = np.argsort(found.at_us, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    found = found.take(order)
    found.origin = np.where(found.origin >= 0, place[found.origin], -1)
    for name, value in vars(outcomes).items():
        moved = [one[order] for one in value] if isinstance(value, list) else value[order]
        setattr(outcomes, name, moved)
    filed = np.argsort(tickets.filed_us, kind="stable")

    def put(name: str) -> object:
        value = getattr(tickets, name)
        if isinstance(value, tuple):
            return tuple(one[filed] for one in value)
        return place[value[filed]] if name == "inquiry" else value[filed]

    moved_tickets = Investigations(**{name: put(name) for name in vars(tickets)})  # type: ignore[arg-type]
    return found, outcomes, moved_tickets


def _agents(rng: np.random.Generator, found: Inquiries) -> Ints:
    """Draw who handles each inquiry: a CS agent, or a CRE engineer where CS is not involved.

    One topic is always handled by the same agent.
    """
    agent = rng.choice(len(AGENTS), len(found), p=(0.24, 0.2, 0.18, 0.16, 0.12, 0.1))
    engineer = FIRST_ENGINEER + rng.choice(len(ENGINEERS), len(found), p=(0.6, 0.4))
    topic, alone = ALONE
    agent = np.where(found.matter == PLACES[topic], AGENTS.index(alone), agent)
    return np.where(found.mode == VIA_CS, agent, engineer)


def key_of(number: int) -> str:
    """Return the key of an inquiry in the desk's log, such as "Q-000001" for number 0."""
    return f"Q-{number + 1:06d}"
