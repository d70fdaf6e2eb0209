"""The parameters of the simulation: rates and effects that measures of the sample should find."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Truth:
    """The parameters of the simulation.

    Shares are relative to the inquiries or investigations to which the event can happen.
    """

    inquiries: int = 40_000
    growth: float = 2.2  # the last month's arrivals to the first's, school year aside
    direct_share: float = 0.055
    proactive_share: float = 0.015
    english_share: float = 0.07
    spam_share: float = 0.025
    merged_share: float = 0.012
    no_reply_needed_share: float = 0.018
    # replies
    same_day_share: float = 0.68
    reply_late_share: float = 0.009  # after the next business day's close
    reply_middle_h: float = 1.9
    silent_share: float = 0.12  # of those asked back: they never write again
    thanks_share: float = 0.30
    # after the solution
    reopened_share: float = 0.05  # within 14 days of the first solution
    follow_up_of_reopened: float = 0.10  # by a new inquiry that names the old one
    reopened_later_share: float = 0.008
    repeat_share: float = 0.045  # the same customer and topic again, within 14 days
    rated_share: float = 0.14
    exempt_reply_share: float = 0.0015
    # who is needed
    investigated_share: float = 0.078  # of what comes by CS, over all topics
    consulted_share: float = 0.03  # CS asks CRE without handing over
    third_party_share: float = 0.012
    direct_escalated_share: float = 0.17
    # investigations
    late_share: float = 0.06
    sent_back_share: float = 0.18
    sent_back_twice_share: float = 0.12  # of those sent back
    exempt_share: float = 0.015
    withdrawn_share: float = 0.02
    wrong_answer_share: float = 0.025  # answered, and contradicted later
    median_business_hours: float = 6.0
    # labels
    label_error_share: float = 0.08  # of the agent who had it
    labeller_error_share: float = 0.12  # of each of two blind labellers
    labelled_twice_share: float = 0.03
    # answer templates, from the initiative's day on
    templates_same_day_gain: float = 0.09  # added to the share
    templates_rounds_factor: float = 0.75
    templates_minutes_factor: float = 0.78
    # a new signature under every mail, from its day on: no effect on anything
    signature_effect: float = 0.0
    # in weeks of the rush the desk answers fewer on the same day
    rush_same_day_loss: float = 0.10

    def as_json(self) -> dict[str, Any]:
        """Return the parameters as a dictionary."""
        return asdict(self)
