"""Compare what follows from the source now with what the ledger holds of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from shinrai.importers.rules.derive.step import DerivedStep
from shinrai.ledger.rules.steps import Step, standing
from shinrai.units.moments import epoch_us


@dataclass(frozen=True)
class LedgerCorrection:
    """A step that was wrong: which, how it stood, and what stands instead (None: nothing)."""

    origin: int
    wrong: Step
    instead: DerivedStep | None


@dataclass
class Differences:
    """What must be appended so that the ledger says what the source says."""

    new: list[DerivedStep] = field(default_factory=list)
    corrections: list[LedgerCorrection] = field(default_factory=list)
    unchanged: int = 0


def differences(
    held: Sequence[Step], derived: Sequence[DerivedStep], *, source: str, batch_id: int
) -> Differences:
    """Compare the steps of one case.

    What a person corrected by hand stays, as long as the source still says what it said then:
    only the source's own steps and corrections are compared. Steps this very batch has appended
    before (it was killed and goes on) are neither new nor counted as unchanged.
    """
    if not held:
        return Differences(new=list(derived))
    own = [step for step in held if step.source == source]
    stands: dict[str, list[Step]] = defaultdict(list)
    for stood in standing(own):
        stands[stood.source_key].append(stood)
    voided = _voided(own)
    found = Differences()
    for step in derived:
        rivals = stands.pop(step.source_key, [])
        match = next((rival for rival in rivals if is_same(rival, step)), None)
        if match is not None:
            found.unchanged += match.batch_id != batch_id
            rivals.remove(match)
        elif rivals:
            wrong = rivals.pop(0)
            found.corrections.append(LedgerCorrection(wrong.sequence, wrong, step))
        elif step.source_key in voided:
            wrong = voided[step.source_key]
            found.corrections.append(LedgerCorrection(wrong.sequence, wrong, step))
        else:
            found.new.append(step)
        found.corrections += [LedgerCorrection(rival.sequence, rival, None) for rival in rivals]
    for rivals in stands.values():
        found.corrections += [LedgerCorrection(rival.sequence, rival, None) for rival in rivals]
    return found


def is_same(step: Step, derived: DerivedStep) -> bool:
    """Return whether a step says exactly what was derived; words count by where they lie."""
    return (
        epoch_us(step.at) == derived.at_us
        and step.kind == derived.kind
        and step.by == derived.by
        and step.role == derived.role
        and step.tier == derived.tier
        and step.words_id == (derived.words[0] if derived.words else None)
        and step.source_order == derived.source_order
        and dict(step.detail) == dict(derived.detail)
    )


def _voided(own: Sequence[Step]) -> dict[str, Step]:
    """Find steps whose last correction put nothing in their place: they can be revived."""
    last: dict[int, Step] = {}
    for step in sorted(own, key=lambda step: step.sequence):
        if step.corrects is not None:
            last[step.corrects] = step
    return {
        step.source_key: step._replace(sequence=origin)
        for origin, step in last.items()
        if step.detail.get("instead") is None
    }
