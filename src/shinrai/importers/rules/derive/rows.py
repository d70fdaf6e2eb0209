"""Steps that stand in their rows as they are: sheets with a column per step, logs of steps."""

from collections.abc import Iterable, Iterator

from shinrai.importers.rules.derive.seen import DerivedStep, Seen, step_key, words_of


def steps_in_rows(rows: Iterable[Seen]) -> Iterator[DerivedStep]:
    """Give the steps that rows hold."""
    for seen in rows:
        for step in seen.facts.get("steps", ()):
            yield DerivedStep(
                source_key=step_key(seen, step["key"]),
                at_us=step["at"],
                kind=step["kind"],
                by=step.get("by", "system"),
                role=step["role"],
                tier=step.get("tier"),
                detail=step.get("detail", {}),
                words=words_of(seen, step["key"]),
                source_order=step["order"],
            )
