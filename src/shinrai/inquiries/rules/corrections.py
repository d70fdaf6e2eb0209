"""Which wrong steps of an inquiry a person may correct, and what replaces them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from shinrai.inquiries.rules.kinds import WAITING_ON
from shinrai.ledger.rules.steps import Step
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# Why: from a list, so that it can be counted. Free words about a case would have to be sealed.
WHYS: Final = ("slip", "judged_anew", "rule_wrong", "source_wrong")
MESSAGES: Final = frozenset(("inbound", "outbound"))
CORRECTABLE: Final = frozenset((*MESSAGES, "labelled", "waiting"))


class NotToBeCorrected(UserError, ValueError):
    """The step cannot be corrected in this way, or cannot be corrected at all."""


class StepCorrection(NamedTuple):
    """The step to correct, and the detail of its correction.

    `detail["instead"]` is the right kind of the step (None: it never happened).
    """

    step: Step
    detail: Mapping[str, Any]


def corrections_of(
    steps: Sequence[Step], sequence: int, change: Mapping[str, Any], why: str
) -> tuple[StepCorrection, ...]:
    """Return the corrections of a message's substance, a label's topic, or whom a wait is for.

    `change` is {"substantive": bool}, {"topic": …, "codebook": n}, {"on": …}, or {"gone": True} for
    a label or a wait that never happened; the step that ended the wait is then removed too.

    Raises: NotToBeCorrected.
    """
    step = next((step for step in steps if step.sequence == sequence), None)
    if step is None or step.kind not in CORRECTABLE:
        raise NotToBeCorrected(
            Text("this step is not one that can be corrected here: messages, labels and waits are"),
        )
    if why not in WHYS:
        raise NotToBeCorrected(
            Text("say why it is corrected: {whys}", whys=", ".join(WHYS)),
        )
    if change.get("gone"):
        return _removed(steps, step, why)
    kept = {name: value for name, value in step.detail.items() if name != "doubt"}
    return (
        StepCorrection(
            step,
            {**kept, **_changed(step, change), "corrected": True, "instead": step.kind, "why": why},
        ),
    )


def _changed(step: Step, change: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a change that this kind of step allows and that differ from its own.

    Raises: NotToBeCorrected.
    """
    now = step.detail
    says, topic, on = (change.get(name) for name in ("substantive", "topic", "on"))
    if step.kind in MESSAGES and isinstance(says, bool) and says != now.get("substantive", True):
        return {"substantive": says}
    if step.kind == "labelled" and topic and topic != now.get("topic"):
        return {"topic": topic, "codebook": change.get("codebook")}
    if step.kind == "waiting" and on in WAITING_ON and on != now.get("on", "customer"):
        return {"on": on}
    raise NotToBeCorrected(
        Text("nothing would be other than it is; choose what should stand there instead"),
    )


def _removed(steps: Iterable[Step], step: Step, why: str) -> tuple[StepCorrection, ...]:
    if step.kind in MESSAGES:
        raise NotToBeCorrected(
            Text(
                "a message that was sent cannot be unsaid; its mark of substance can be corrected"
            ),
        )
    gone = [step]
    if step.kind == "waiting":
        later = [it for it in steps if it.at >= step.at and it.sequence != step.sequence]
        ended = next((it for it in later if it.kind in ("resumed", "waiting")), None)
        gone += [ended] if ended is not None and ended.kind == "resumed" else []
    return tuple(StepCorrection(it, {"instead": None, "why": why}) for it in gone)
