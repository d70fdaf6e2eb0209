"""Chatwoot as a source: how it is pulled, and how its records become tables."""

from typing import Final

from shinrai.importers.chatwoot.flatten import TABLES, flat_rows
from shinrai.importers.chatwoot.pull import client, pull
from shinrai.importers.chatwoot.records import assign
from shinrai.importers.flatten.pipeline import json_flattener
from shinrai.importers.sources import Source

CHATWOOT: Final = Source(
    "chatwoot", flatten=json_flattener(TABLES, flat_rows, assign), pull=pull, client=client
)
