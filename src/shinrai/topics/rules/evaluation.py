"""How well a text model answers texts it has not seen: how many, and how many rightly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shinrai.statistics.wilson import wilson
from shinrai.topics.rules.held_back import HeldBack
from shinrai.topics.rules.text_model import Example, TextModel, TopicAnswer
from shinrai.units.unknown import Unknown


@dataclass(frozen=True)
class Tally:
    """Of so many texts so many were answered, and so many of them rightly."""

    of: int
    answered: int
    right: int

    @property
    def document(self) -> dict[str, Any]:
        """Return coverage and precision; the ends are null where nothing was answered."""
        share = wilson(self.right, self.answered)
        low, high = (None, None) if isinstance(share, Unknown) else (share.low, share.high)
        return {
            "of": self.of,
            "coverage": self.answered / self.of if self.of else None,
            "precision": {
                "of": self.answered,
                "count": self.right,
                "share": self.right / self.answered if self.answered else None,
                "low": low,
                "high": high,
            },
            "abstained": self.of - self.answered,
        }


def evaluation(
    model: TextModel, tests: Sequence[Example], given: Sequence[TopicAnswer]
) -> dict[str, Any]:
    """Return coverage, precision and abstentions, in all and by topic.

    A text of a topic that the model does not know is wrong whenever it is answered.
    """
    pairs = list(zip(tests, given, strict=True))
    known = set(model.topics)
    outside = [answer.is_given for test, answer in pairs if test.topic not in known]
    by_topic = []
    for topic in model.topics:
        held = model.held_back.get(topic, HeldBack(threshold=model.precision))
        mine = [answer for test, answer in pairs if test.topic == topic]
        said = [test for test, answer in pairs if answer.is_given and answer.topic == topic]
        tally = Tally(len(mine), len(said), sum(test.topic == topic for test in said))
        answered = sum(answer.is_given for answer in mine)
        by_topic.append(
            tally.document
            | {
                "topic": topic,
                "coverage": answered / len(mine) if mine else None,
                "abstained": len(mine) - answered,
                "held_back": {"of": held.answered, "count": held.right, "low": held.low},
                "missing": held.missing,
            }
        )
    right = sum(answer.is_given and answer.topic == test.topic for test, answer in pairs)
    whole = Tally(len(pairs), sum(answer.is_given for answer in given), right).document
    return whole | {
        "by_topic": by_topic,
        "outside": {
            "of": len(outside),
            "answered": sum(outside),
            "share": sum(outside) / len(outside) if outside else None,
        },
        "trained_on": model.examples,
        "calibrated_on_foreign": model.foreign,
        "few_examples": list(model.few),
    }
