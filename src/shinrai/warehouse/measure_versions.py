"""Since when this installation counts by each version of each measure."""

from collections.abc import Iterable
from datetime import datetime

from shinrai.units.measure import Measure
from shinrai.warehouse.models import MeasureVersion


def record_versions(measures: Iterable[Measure], *, at: datetime) -> None:
    """Record the versions that were not there before; a program older than them adds nothing."""
    known = set(MeasureVersion.objects.values_list("key", "version"))
    MeasureVersion.objects.bulk_create(
        [
            MeasureVersion(key=measure.key, version=measure.version, since=at)
            for measure in measures
            if (measure.key, measure.version) not in known
        ],
        ignore_conflicts=True,  # two workers may find the same
    )


def version_changes() -> list[tuple[datetime, str, int]]:
    """Return since when each later version of a measure counts: moment, key and version.

    The version a measure came with is no change.
    """
    rows = MeasureVersion.objects.order_by("key", "version").values_list("since", "key", "version")
    seen: set[str] = set()
    changes = []
    for since, key, version in rows:
        if key in seen:
            changes.append((since, key, version))
        seen.add(key)
    return changes
