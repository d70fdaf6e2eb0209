"""Event logs as a source: one table for each log, read by the shipped mapping that fits."""

from typing import Final

from shinrai.importers.sources import Source
from shinrai.importers.xes.flatten import flatten

XES: Final = Source("xes", flatten=flatten, has_mapping=False)
