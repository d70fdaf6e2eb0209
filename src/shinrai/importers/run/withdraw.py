"""After a withdrawal: derive the cases of the import again, from the other imports."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.importers.models import Run
from shinrai.importers.queries import ImportRecord, import_record
from shinrai.importers.rules.derive.step import DerivationContext
from shinrai.importers.run.derivation_phase import DerivationPhase
from shinrai.importers.run.derived_steps import StepDerivation
from shinrai.importers.run.doubts import clock_doubts, last_doubtful
from shinrai.importers.run.observations import cases_observed_by, observed_cases, visible_batches
from shinrai.importers.run.progress import quiet
from shinrai.importers.run.worker_process import MANY_CASES, worker_executor
from shinrai.ledger.queries import case_heads, cases_of_batch
from shinrai.units.moments import epoch_us


@dataclass(frozen=True)
class Withdrawal:
    """The ids of the cases whose steps may differ now, and how many steps were appended."""

    cases: tuple[int, ...]
    steps: int = 0
    corrected: int = 0


def derive_again(*, record: ImportRecord, at: datetime) -> Withdrawal:
    """Derive again the cases of an import that was withdrawn.

    Differences are appended to the newest import that remains, as they follow from it.
    """
    cases = set(observed_cases(batch_id=record.id)) | set(cases_of_batch(batch_id=record.id))
    remaining = visible_batches(workspace_id=record.workspace_id, source=record.source)
    if not remaining or not cases:
        return Withdrawal(tuple(sorted(cases)))
    newest = import_record(remaining[-1])
    assert newest is not None
    zones = {str(f["table"]): str(f["zone"]) for f in newest.files if f["zone"] is not None}
    hours = clock_doubts(batch_ids=remaining, zones=zones)
    doubtful = [list(time) for time in hours.doubtful]
    if doubtful != last_doubtful([*remaining, record.id]):
        cases |= set(cases_observed_by(batch_ids=remaining))
    Run.objects.filter(batch_id=newest.id).update(doubtful=doubtful)
    derivation = StepDerivation(
        workspace_id=record.workspace_id,
        batch_id=newest.id,
        source=record.source,
        record=case_heads([next(iter(cases))])[next(iter(cases))].record,
        context=DerivationContext(epoch_us(at), hours.doubtful),
        at=at,
    )
    with worker_executor(is_large=len(cases) >= MANY_CASES) as executor:
        tally = DerivationPhase(derivation, quiet, executor).derive_cases(sorted(cases))
    return Withdrawal(tuple(sorted(cases)), tally.appended, tally.corrected_now)
