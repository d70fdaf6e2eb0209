"""Refuse steps that a case's phase does not allow."""

from collections.abc import Mapping, Sequence

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class StepRefused(UserError, ValueError):
    """This step is not allowed now; the message says why and which steps are."""


def refuse_unless_allowed(
    *, record: str, kind: str, phase: str, may: Mapping[str, Sequence[str]]
) -> None:
    """Raise an error if a step of this kind is not allowed in the phase a case is in.

    Raises: StepRefused, with the steps that are allowed.
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
