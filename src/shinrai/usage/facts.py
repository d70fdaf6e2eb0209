"""The published tables of usage: events, and the days on which a person did something.

They are the only data that lies in Delta alone. Both are filled by `operations.events`, a batch of
the inbox at a time: `revision` is the number of the batch.
"""

from typing import Final

from shinrai.warehouse.tables import Column, Table

EVENTS: Final = Table(
    name="usage_events",
    grain="one event",
    key=("workspace_id", "utc_on", "event_id"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("utc_on", "date", "the date of the client's own timestamp, in UTC"),
        Column("event_id", "string", "the id the client gave, or a hash of the row of a file"),
        Column("actor_id", "int", "the customer of source `usage`, before merges"),
        Column("event", "string", "what was done"),
        Column("happened_us", "int", "when, corrected for the device's clock"),
        Column("received_us", "int", "when it reached us"),
        Column("own_on", "date", "the date in the person's own zone, else the workspace's"),
        Column("zone_on", "date", "the date in the workspace's zone"),
        Column("group_id", "int", "the company or household", null_means="none was named"),
        Column("properties", "string", "JSON of plain values, masked", null_means="none"),
    ),
    parted_by="workspace_id",
    is_source=True,
)
DAYS: Final = Table(
    name="usage_days",
    grain="one event name of one actor on one date",
    key=("workspace_id", "own_on", "zone_on", "event", "actor_id"),  # so compacted: by date
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("actor_id", "int", "the customer of source `usage`, before merges"),
        Column("event", "string", "what was done"),
        Column("own_on", "date", "the date in the person's own zone, else the workspace's"),
        Column("zone_on", "date", "the date in the workspace's zone"),
        Column("event_count", "int", "how often"),
        Column("first_us", "int", "the first of them"),
        Column("group_id", "int", "the company or household", null_means="none was named"),
    ),
    parted_by="workspace_id",
    is_source=True,
)
EVENT_TABLES: Final = (EVENTS, DAYS)
