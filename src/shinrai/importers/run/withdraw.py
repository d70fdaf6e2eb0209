"""Take an import back: derive what it spoke of again, from what the other imports said."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.importers.models import Run
from shinrai.importers.queries import ImportRecord, import_record
from shinrai.importers.rules.derive.step import Against
from shinrai.importers.run.derivation_phase import Deriving
from shinrai.importers.run.derived_steps import Following
from shinrai.importers.run.doubts import judge_hours, last_doubtful
from shinrai.importers.run.observations import all_spoken_of, spoken_of, visible_batches
from shinrai.importers.run.progress import quiet
from shinrai.importers.run.worker_process import MANY, aside
from shinrai.ledger.queries import case_heads, touched_cases
from shinrai.units.moments import epoch_us


@dataclass(frozen=True)
class Undone:
    """The cases whose steps may differ now, and what was appended to make up for it."""

    cases: tuple[int, ...]
    steps: int = 0
    corrected: int = 0


def undo(*, record: ImportRecord, at: datetime) -> Undone:
    """Derive again, after the withdrawal, what an import spoke of.

    Differences are appended under the newest import that remains: it is what they follow from.
    """
    cases = set(spoken_of(batch_id=record.id)) | set(touched_cases(batch_id=record.id))
    remaining = visible_batches(workspace_id=record.workspace_id, source=record.source)
    if not remaining or not cases:
        return Undone(tuple(sorted(cases)))
    newest = import_record(remaining[-1])
    assert newest is not None
    zones = {str(f["table"]): str(f["zone"]) for f in newest.files if f["zone"] is not None}
    hours = judge_hours(batch_ids=remaining, zones=zones)
    doubtful = [list(time) for time in hours.doubtful]
    if doubtful != last_doubtful([*remaining, record.id]):
        cases |= set(all_spoken_of(batch_ids=remaining))
    Run.objects.filter(batch_id=newest.id).update(doubtful=doubtful)
    following = Following(
        workspace_id=record.workspace_id,
        batch_id=newest.id,
        source=record.source,
        record=case_heads([next(iter(cases))])[next(iter(cases))].record,
        against=Against(epoch_us(at), hours.doubtful),
        at=at,
    )
    with aside(is_much=len(cases) >= MANY) as there:
        tally = Deriving(following, quiet, there).derive_all(sorted(cases))
    return Undone(tuple(sorted(cases)), tally.appended, tally.corrected_now)
