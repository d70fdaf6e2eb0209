"""GitHub as a source: how it is pulled, and how its records become tables."""

from typing import Final

from shinrai.importers.flatten.pipeline import json_flattener
from shinrai.importers.github.flatten import TABLES, flat_rows
from shinrai.importers.github.pull import client, pull
from shinrai.importers.github.records import assign
from shinrai.importers.sources import Source

GITHUB: Final = Source(
    "github", flatten=json_flattener(TABLES, flat_rows, assign), pull=pull, client=client
)
