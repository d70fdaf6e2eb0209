"""Zammad as a source: how it is pulled, and how its records become tables."""

from typing import Final

from shinrai.importers.flatten.pipeline import json_flattener
from shinrai.importers.sources import Source
from shinrai.importers.zammad.flatten import TABLES, flat_rows
from shinrai.importers.zammad.pull import client, pull
from shinrai.importers.zammad.records import assign

ZAMMAD: Final = Source(
    "zammad", flatten=json_flattener(TABLES, flat_rows, assign), pull=pull, client=client
)
