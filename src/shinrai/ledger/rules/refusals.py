"""Why a step was refused."""

from collections.abc import Mapping, Sequence

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class StepRefused(UserError, ValueError):
    """A person may not take this step now; the message says why and what would be possible."""


def refuse_unless_allowed(
    *, record: str, kind: str, phase: str, may: Mapping[str, Sequence[str]]
) -> None:
    """Refuse a step that does not fit the phase a case is in.

    Raises: StepRefused naming what could be done instead.
    """
    if kind not in may:
        known = ", ".join(sorted(may))
        raise StepRefused(
            Text(
                "{record}: there is no step {kind!r}; known: {known}",
                record=record,
                kind=kind,
                known=known,
            ),
        )
    if phase not in may[kind]:
        possible = ", ".join(sorted(name for name, phases in may.items() if phase in phases))
        raise StepRefused(
            Text(
                "{record}: {kind} cannot follow while it is {phase}; possible now: {possible}",
                record=record,
                kind=kind,
                phase=phase,
                possible=possible or Text("nothing"),
            )
        )
