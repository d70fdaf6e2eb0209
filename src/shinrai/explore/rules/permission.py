"""What members may read in SQL: tables of cases, or tables of groups alone.

Who may answer inquiries works with persons, and reads one row a case. Everybody else, and whoever
follows a link, reads groups: finished weeks, counted, each of at least `SMALLEST` persons. Such a
table is made before anybody asks, so no query, however narrow, reaches a smaller group.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shinrai.accounts.rules.permission import Permission, is_permitted
from shinrai.accounts.rules.role import Role

CASES: Final = "cases"
GROUPS: Final = "groups"
VIEWS: Final = (CASES, GROUPS)
SMALLEST: Final = 5  # persons in a group
OTHER: Final = "other"

# Published tables of which members who work with persons read each row, and the columns held back.
# Events of usage are left out: their properties are written by programs of customers.
HELD_BACK: Final[Mapping[str, frozenset[str]]] = {
    "inquiries": frozenset({"workspace_id", "double_labels"}),
    "investigation_facts": frozenset({"workspace_id"}),
    "sampled_answers": frozenset({"workspace_id"}),
    "topics": frozenset({"workspace_id"}),
    "usage_days": frozenset({"workspace_id"}),
    "clocks": frozenset({"workspace_id"}),
    "work": frozenset({"workspace_id"}),
}


@dataclass(frozen=True)
class GroupColumn:
    """A column of a table of groups, from an expression over its published table."""

    name: str
    type: str
    text: str
    expression: str
    null_means: str | None = None


@dataclass(frozen=True)
class GroupTable:
    """A table of groups: what a row is, by which columns, and which columns are merged first.

    A value of a `merged` column becomes "other" where its group has too few persons; a group that
    is still too small is left out.
    """

    name: str
    grain: str
    source: str  # SQL after FROM
    reads: tuple[str, ...]
    person: str
    by: tuple[GroupColumn, ...]
    merged: tuple[str, ...]
    sums: tuple[GroupColumn, ...]


WEEK: Final = GroupColumn("week_on", "date", "the Monday of the week, once it has ended", "")
MODE: Final = GroupColumn("mode", "string", "via_cs, direct or proactive; modes never mix", "mode")
TOPIC: Final = GroupColumn(
    "topic",
    "string",
    "the key of the topic; other: topics of too few persons",
    "coalesce(t.topic, f.topic)",
    "never labelled",
)


def _week(column: str) -> GroupColumn:
    return GroupColumn(WEEK.name, WEEK.type, WEEK.text, f"date_trunc('week', {column})::DATE")


def _sum(name: str, text: str, expression: str) -> GroupColumn:
    return GroupColumn(name, "int", text, expression)


BY_TOPIC: Final = "{table} f LEFT JOIN topics t ON t.label = f.topic"
INQUIRY_GROUPS: Final = GroupTable(
    name="inquiry_groups",
    grain="one week, mode, channel and topic of at least five customers",
    source=BY_TOPIC.format(table="inquiries"),
    reads=("inquiries", "topics"),
    person="coalesce(customer_id, -case_id)",
    by=(
        _week("received_on"),
        MODE,
        GroupColumn("channel", "string", "mail, form, phone, chat, …, or other", "channel"),
        TOPIC,
    ),
    merged=("topic", "channel"),
    sums=(
        _sum("inquiry_count", "inquiries received", "1"),
        _sum("replied_count", "of which have a first reply", "(first_reply_us IS NOT NULL)::INT"),
        _sum("reply_open_s", "open seconds to the first reply, added up", "first_reply_open_s"),
        _sum("solved_count", "of which were solved", "(first_solved_us IS NOT NULL)::INT"),
        _sum("returned_count", "of which came back", "(returned_us IS NOT NULL)::INT"),
        _sum("worked_s", "seconds written down on them", "worked_s"),
    ),
)
USAGE_GROUPS: Final = GroupTable(
    name="usage_groups",
    grain="one week and event of at least five persons",
    source="usage_days",
    reads=("usage_days",),
    person="actor_id",
    by=(
        _week("zone_on"),
        GroupColumn("event", "string", "what was done; other: by too few persons", "event"),
    ),
    merged=("event",),
    sums=(_sum("event_count", "how often", "event_count"),),
)
GROUP_TABLES: Final = (INQUIRY_GROUPS, USAGE_GROUPS)
PERSONS: Final = GroupColumn("person_count", "int", "different persons in the group", "")


def view_of(roles: Iterable[Role]) -> str:
    """Return which tables a member with these roles reads in SQL."""
    return CASES if is_permitted(roles, Permission.ANSWER_INQUIRY) else GROUPS
