"""What objectives publish: clocks, without words and without names."""

from shinrai.warehouse.tables import Column, Table

CLOCKS = Table(
    name="clocks",
    grain="one clock of one case under one objective",
    key=("workspace_id", "objective_id", "case_id", "index"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("objective_id", "int", "the objective"),
        Column("objective", "string", "the objective's key, as in its document"),
        Column("objective_version", "int", "the version in force when the clock started"),
        Column("calendar", "string", "digest of the calendar's revision"),
        Column("tzdata", "string", "version of the time zones it was computed with"),
        Column("case_id", "int", "the inquiry or investigation"),
        Column("case_key", "string", "its key in the source"),
        Column("index", "int", "1, or higher after a reopening"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("started_us", "int", "when it started"),
        Column("effective_us", "int", "the moment it counts from (受付扱い日時)"),
        Column("stopped_us", "int", "when it stopped", null_means="it runs or rests"),
        Column("due_us", "int", "when it is due", null_means="at rest, or void before it was due"),
        Column(
            "due_without_pauses_us",
            "int",
            "when it would be due had it never rested",
            null_means="beyond the calendar's horizon",
        ),
        Column("paused_since_us", "int", "since when it rests", null_means="it does not rest"),
        Column("cancelled_us", "int", "when the case was cancelled", null_means="it was not"),
        Column("spam", "bool", "cancelled as spam: void whenever"),
        Column("exempted_us", "int", "when it was exempted", null_means="it was not"),
        Column("open_s", "int", "open seconds from start to stop, or to when last computed"),
        Column("paused_open_s", "int", "how many of them it rested"),
        Column(
            "due_on",
            "date",
            "the date it falls due, in the workspace's zone",
            null_means="no due moment",
        ),
        Column("started_on", "date", "the date it started, in the workspace's zone"),
    ),
    parted_by="workspace_id",
)
