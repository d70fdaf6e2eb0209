"""Build the steps of the desk's log from the simulated outcomes."""

from dataclasses import dataclass

import numpy as np

from shinrai.sample.rules.arrivals import (
    DIRECT,
    MERGED,
    NO_REPLY,
    ORDINARY,
    PROACTIVE,
    SECOND_US,
    SPAM,
    VIA_CS,
    Bools,
    Inquiries,
    Ints,
)
from shinrai.sample.rules.hours import Desk
from shinrai.sample.rules.investigations import NEVER, Investigations
from shinrai.sample.rules.outcomes import MOST_ROUNDS, Outcomes
from shinrai.sample.rules.steps import (
    AGENT,
    CUSTOMER,
    ENGINEER,
    JOBS,
    SYSTEM,
    TEXT,
    StepColumns,
    Steps,
)
from shinrai.sample.rules.subjects import AGENTS, DEVELOPERS, ENGINEERS, PLACES, SUBJECTS
from shinrai.sample.rules.truth import Truth

MINUTE_US = 60 * SECOND_US
# Everybody of the staff by one number: agents first, then CRE, then product engineers.
STAFF = (*AGENTS, *ENGINEERS, *DEVELOPERS)
FIRST_ENGINEER = len(AGENTS)
FIRST_DEVELOPER = FIRST_ENGINEER + len(ENGINEERS)
PRAISE_TOPIC = len(SUBJECTS)


@dataclass(frozen=True)
class StepBuilder:
    """Builds the steps of all inquiries.

    `found` are the inquiries, `tickets` the investigations, and `out` receives the steps.
    """

    rng: np.random.Generator
    desk: Desk
    truth: Truth
    found: Inquiries
    outcomes: Outcomes
    tickets: Investigations
    agent: Ints  # who talks to the customer
    out: StepColumns

    def build(self) -> Steps:
        """Return every inquiry's steps, in order."""
        self._openings()
        self._rounds()
        self._investigated_steps()
        self._direct_escalations()
        self._waits()
        self._thanks_and_ratings()
        self._reopenings()
        self._cancellations()
        self._labels_given()
        return self.out.in_order()

    def _draw(self, share: float) -> Bools:
        drawn: Bools = self.rng.random(len(self.found)) < share
        return drawn

    @property
    def _role(self) -> Ints:
        return np.where(self.found.mode == VIA_CS, AGENT, ENGINEER)

    @property
    def _tier(self) -> Ints:
        return np.where(self.found.mode == VIA_CS, 1, 2)

    def _openings(self) -> None:
        found, every = self.found, np.arange(len(self.found))
        ours = found.mode == PROACTIVE
        text = np.select(
            [ours, found.fate == SPAM, found.fate == NO_REPLY, found.follows],
            [0, TEXT["advert"], TEXT["praise"], TEXT["again"]],
            TEXT["opening"],
        )
        self.out.write(
            "received", every, found.at_us, tier=np.where(found.mode == VIA_CS, 0, 2), text=text,
            role=np.where(ours, ENGINEER, CUSTOMER), by=np.where(ours, self.agent, -1),
            other=np.where(found.follows, found.origin, -1),
        )  # fmt: skip
        answered = np.flatnonzero(found.fate == ORDINARY)
        before = self.outcomes.replied_us[0] - self.rng.integers(60, 900, len(every)) * SECOND_US
        self.out.write(
            "assigned", answered, np.maximum(before, found.at_us)[answered],
            order=1, tier=self._tier[answered], group=self._tier[answered],
            by=self.agent[answered], role=self._role[answered],
        )  # fmt: skip
        exempt = self._draw(self.truth.exempt_reply_share) & (found.mode == VIA_CS)
        places = np.flatnonzero(exempt & (found.fate == ORDINARY))
        self.out.write(
            "exempted", places, found.at_us[places] + MINUTE_US,
            order=2, by=self.agent[places], role=AGENT, reason=3,
        )  # fmt: skip

    def _rounds(self) -> None:
        found, outcomes = self.found, self.outcomes
        for number in range(MOST_ROUNDS):
            is_on = (found.fate == ORDINARY) & (outcomes.rounds > number)
            is_last = outcomes.rounds == number + 1
            unheard = is_last & outcomes.silent & (number > 0)
            if number:
                self._questions_back(
                    np.flatnonzero(is_on), np.flatnonzero(is_on & ~unheard), number
                )
            text = np.where(is_last, TEXT["answer"], TEXT["ask_back"])
            text = np.where(is_last & outcomes.investigated, TEXT["looking"], text)
            text = np.where(found.mode == PROACTIVE, TEXT["notice"], text)
            places = np.flatnonzero(is_on & ~unheard)
            self.out.write(
                "outbound", places, outcomes.replied_us[number][places],
                order=4, by=self.agent[places], role=self._role[places], text=text[places],
            )  # fmt: skip
        consulted = self._draw(self.truth.consulted_share) & (found.mode == VIA_CS)
        places = np.flatnonzero(consulted & (found.fate == ORDINARY) & ~outcomes.investigated)
        self.out.write(
            "consulted", places, outcomes.replied_us[0][places] - 30 * SECOND_US,
            order=3, tier=2, by=self.agent[places], role=AGENT, group=2,
        )  # fmt: skip

    def _questions_back(self, asked: Ints, heard: Ints, number: int) -> None:
        before = self.outcomes.replied_us[number - 1]
        wrote = self.outcomes.asked_us[number]
        self.out.write(
            "waiting", asked, before[asked],
            order=5, by=self.agent[asked], role=self._role[asked], on=1,
        )  # fmt: skip
        self.out.write("inbound", heard, wrote[heard], order=6, role=CUSTOMER, text=TEXT["detail"])
        self.out.write("resumed", heard, wrote[heard], order=7, role=SYSTEM)

    def _investigated_steps(self) -> None:
        """Write the steps of investigations: handed to CRE, some on to developers, and returned."""
        tickets = self.tickets
        places, agents = tickets.inquiry, self.agent[tickets.inquiry]
        engineer = FIRST_ENGINEER + places % len(ENGINEERS)
        self.out.write(
            "escalated", places, tickets.filed_us,
            order=8, tier=2, group=2, by=agents, role=AGENT,
        )  # fmt: skip
        self.out.write(
            "escalated", places, tickets.escalated_us,
            order=8, tier=3, group=3, by=engineer, role=ENGINEER,
        )  # fmt: skip
        self.out.write(
            "returned", places, tickets.ended_us,
            order=9, tier=1, group=1, by=engineer, role=ENGINEER,
        )  # fmt: skip
        self.out.write(
            "outbound", places, self.outcomes.final_us[places],
            order=10, by=agents, role=AGENT, text=TEXT["answer"],
        )  # fmt: skip

    def _direct_escalations(self) -> None:
        """Write the steps of schools' direct inquiries that go to developers and come back."""
        found, outcomes = self.found, self.outcomes
        up = self._draw(self.truth.direct_escalated_share) & (found.mode == DIRECT)
        # (Those who come back are drawn already, from the moment they were solved.)
        places = np.flatnonzero(up & ~outcomes.silent & (outcomes.reopened_us == NEVER))
        last = np.choose(outcomes.rounds[places] - 1, [one[places] for one in outcomes.replied_us])
        work = self.rng.lognormal(np.log(5), 0.8, len(places)).clip(0.5, 60)
        back = self.desk.after(last, work)
        answered = self.desk.after(back, self.rng.uniform(0.2, 3, len(places)))
        developer = FIRST_DEVELOPER + places % len(DEVELOPERS)
        minutes = self.rng.lognormal(np.log(55), 0.7, len(places)).clip(5, 400).astype(np.int64)
        self.out.write(
            "escalated", places, last + MINUTE_US,
            order=8, tier=3, group=3, by=self.agent[places], role=ENGINEER,
        )  # fmt: skip
        self.out.write(
            "worked", places, back, order=9, tier=3, by=developer, role=ENGINEER,
            job=JOBS.index("investigation"), minutes=minutes,
        )  # fmt: skip
        self.out.write(
            "returned", places, back, order=10, tier=2, group=2, by=developer, role=ENGINEER
        )
        self.out.write(
            "outbound", places, answered,
            order=11, by=self.agent[places], role=ENGINEER, text=TEXT["answer"],
        )  # fmt: skip
        moved = outcomes.solved_us[places] - outcomes.final_us[places]
        outcomes.final_us[places] = answered
        outcomes.solved_us[places] = answered + np.maximum(moved, MINUTE_US)

    def _thanks_and_ratings(self) -> None:
        found, outcomes, count = self.found, self.outcomes, len(self.found)
        done = np.flatnonzero(outcomes.solved_us != NEVER)
        thanks = self._draw(self.truth.thanks_share) & (found.fate == ORDINARY) & ~outcomes.silent
        heard = self.rng.lognormal(np.log(2.0), 1.2, count).clip(0.05, 70) * 3600
        places = np.flatnonzero(thanks & (found.mode != PROACTIVE))
        self.out.write(
            "inbound", places, (outcomes.final_us + heard.astype(np.int64) * SECOND_US)[places],
            order=12, role=CUSTOMER, text=TEXT["thanks"],
        )  # fmt: skip
        self.out.write(
            "worked", done, outcomes.solved_us[done], order=13, by=self.agent[done],
            tier=self._tier[done], role=self._role[done], job=self._jobs()[done],
            minutes=self._minutes()[done],
        )  # fmt: skip
        self.out.write(
            "solved", done, outcomes.solved_us[done], order=15,
            by=np.where(outcomes.silent, -1, self.agent)[done],
            role=np.where(outcomes.silent, SYSTEM, self._role)[done],
        )  # fmt: skip
        rated = self._draw(self.truth.rated_share) & (found.fate == ORDINARY)
        rated &= found.mode != PROACTIVE
        liking = self.rng.normal(
            4.25 - 0.45 * (outcomes.rounds - 1) - 0.5 * outcomes.silent, 0.9, count
        )
        places = np.flatnonzero(rated)
        asked = self.rng.integers(3600, 86_400, count) * SECOND_US
        self.out.write(
            "rated", places, (outcomes.solved_us + asked)[places],
            order=16, role=CUSTOMER, score=np.rint(liking).clip(1, 5).astype(np.int64)[places],
        )  # fmt: skip

    def _waits(self) -> None:
        """Write a wait for a third party between the answer and the solution of a few inquiries."""
        outcomes, found = self.outcomes, self.found
        has_time = (outcomes.solved_us != NEVER) & ~outcomes.silent
        has_time &= outcomes.solved_us - np.where(has_time, outcomes.final_us, 0) > 120 * MINUTE_US
        waits = self._draw(self.truth.third_party_share / 0.38) & has_time
        places = np.flatnonzero(waits & (found.mode == VIA_CS) & (found.fate == ORDINARY))
        self.out.write(
            "waiting", places, outcomes.final_us[places] + MINUTE_US,
            order=11, by=self.agent[places], role=AGENT, on=2,
        )  # fmt: skip
        self.out.write(
            "resumed", places, outcomes.solved_us[places] - MINUTE_US, order=12, role=SYSTEM
        )

    def _jobs(self) -> Ints:
        jobs = np.array([JOBS.index(matter.job) for matter in SUBJECTS])[self.found.matter]
        return np.where(self.found.fate == NO_REPLY, JOBS.index("reply"), jobs)

    def _minutes(self) -> Ints:
        """Draw the minutes that agents log: more with each round, fewer with templates."""
        middle = np.array([matter.minutes for matter in SUBJECTS])[self.found.matter]
        middle = middle * (1 + 0.5 * (self.outcomes.rounds - 1))
        middle = middle * np.where(
            self.outcomes.templates, self.truth.templates_minutes_factor, 1.0
        )
        drawn = self.rng.lognormal(np.log(middle), 0.5)
        minutes = np.where(self.found.fate == NO_REPLY, 2, np.rint(drawn).clip(1, 240))
        return minutes.astype(np.int64)

    def _reopenings(self) -> None:
        outcomes = self.outcomes
        places = np.flatnonzero((outcomes.reopened_us != NEVER) & ~outcomes.follow_up)
        at = outcomes.reopened_us[places]
        self.out.write("inbound", places, at, order=20, role=CUSTOMER, text=TEXT["again"])
        self.out.write("reopened", places, at, order=21, role=SYSTEM)
        agents, role = self.agent[places], self._role[places]
        self.out.write(
            "outbound", places, outcomes.answered_again_us[places],
            order=22, by=agents, role=role, text=TEXT["sorry"],
        )  # fmt: skip
        self.out.write(
            "solved", places, outcomes.solved_again_us[places], order=23, by=agents, role=role
        )
        followed = np.flatnonzero(self.found.follows)
        at, old = self.found.at_us[followed], self.found.origin[followed]
        self.out.write("reopened", old, at, order=20, role=SYSTEM, other=followed)
        self.out.write("closed", old, at + SECOND_US, order=21, role=SYSTEM)

    def _cancellations(self) -> None:
        """Write the cancellation of spam, and of duplicates, which are merged into others."""
        found = self.found
        seen = self.desk.after(found.at_us, self.rng.uniform(0.1, 6, len(found)))
        for fate, reason in ((SPAM, 1), (MERGED, 2)):
            places = np.flatnonzero(found.fate == fate)
            self.out.write(
                "cancelled", places, seen[places], order=14, by=self.agent[places], role=AGENT,
                reason=reason, other=found.origin[places] if fate == MERGED else -1,
            )  # fmt: skip

    def _labels_given(self) -> None:
        """Write the topic labels: one by the agent, and for a sample two more by other agents.

        The two do not see each other's labels.
        """
        found, outcomes = self.found, self.outcomes
        beside = np.array([PLACES[matter.beside] for matter in SUBJECTS])[found.matter]
        is_praise = found.fate == NO_REPLY
        done = np.flatnonzero(outcomes.solved_us != NEVER)

        def labels(error: float) -> Ints:
            said = np.where(self._draw(error), beside, found.matter)
            return np.where(is_praise, PRAISE_TOPIC, said)

        self.out.write(
            "labelled", done, outcomes.solved_us[done], order=14, by=self.agent[done],
            role=self._role[done], topic=labels(self.truth.label_error_share)[done],
        )  # fmt: skip
        sample = np.flatnonzero(
            self._draw(self.truth.labelled_twice_share) & (outcomes.solved_us != NEVER)
        )
        week = self.desk.after(outcomes.solved_us[sample], self.rng.uniform(8, 40, len(sample)))
        for number, labeller in enumerate((AGENTS.index("内田"), AGENTS.index("德永"))):
            self.out.write(
                "labelled", sample, week + number * 20 * MINUTE_US, order=17 + number, by=labeller,
                role=AGENT, topic=labels(self.truth.labeller_error_share)[sample], purpose=1,
            )  # fmt: skip
