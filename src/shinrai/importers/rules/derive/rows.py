"""Steps that stand in their rows as they are: sheets with a column per step, logs of steps."""

from collections.abc import Iterable, Iterator

from shinrai.importers.rules.derive.seen import DerivedStep, Seen, step_key, words_of


def steps_in_rows(rows: Iterable[Seen]) -> Iterator[DerivedStep]:
    """Give the steps that rows hold."""
    for seen in rows:
        for step in seen.facts.get("steps", ()):
            own = step["key"]
            yield DerivedStep(
                step_key(seen, own),
                step["at"],
                step["kind"],
                step.get("by", "system"),
                step["role"],
                step.get("tier"),
                step.get("detail", {}),
                words_of(seen, own) if seen.words else None,
                step["order"],
            )
