"""Compares the steps derived from a source now with those in the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from shinrai.importers.rules.derive.step import DerivedStep
from shinrai.ledger.rules.steps import Step, standing
from shinrai.units.moments import epoch_us


@dataclass(frozen=True)
class LedgerCorrection:
    """A wrong step in the ledger: its id, its last version, and its replacement (None: nothing)."""

    origin: int
    wrong: Step
    instead: DerivedStep | None


@dataclass
class Differences:
    """What to append so that the ledger agrees with the source."""

    new: list[DerivedStep] = field(default_factory=list)
    corrections: list[LedgerCorrection] = field(default_factory=list)
    unchanged: int = 0


def differences(
    held: Sequence[Step], derived: Sequence[DerivedStep], *, source: str, batch_id: int
) -> Differences:
    """Compare the steps of one case.

    What a person corrected by hand is kept while the source still has the value it had then: only
    the source's own steps and corrections are compared. Steps that this same import appended before
    it was killed are neither new nor counted as unchanged.
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
    """Return whether a step equals a derived one; texts are compared by their stored ids."""
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
    """Return by key the steps whose last correction removed them: they can be restored."""
    last: dict[int, Step] = {}
    for step in sorted(own, key=lambda step: step.sequence):
        if step.corrects is not None:
            last[step.corrects] = step
    return {
        step.source_key: step._replace(sequence=origin)
        for origin, step in last.items()
        if step.detail.get("instead") is None
    }
