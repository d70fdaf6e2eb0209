"""Why a step was refused."""

from collections.abc import Mapping, Sequence

from shinrai.units.wording import SaidInBoth


class StepRefused(SaidInBoth, ValueError):
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
            f"{record}: there is no step {kind!r}; known: {known}",
            f"{record} に「{kind}」というできごとはありません。使えるもの: {known}",
        )
    if phase not in may[kind]:
        possible = ", ".join(sorted(name for name, phases in may.items() if phase in phases))
        raise StepRefused(
            f"{record}: {kind} cannot follow while it is {phase}; possible now: {possible}",
            f"{record} は今「{phase}」なので「{kind}」は記録できません。"
            f"今できること: {possible or 'なし'}",
        )
