"""What workload publishes: entries of work, without words and without persons."""

from shinrai.warehouse.tables import Column, Table

WORK = Table(
    name="work",
    grain="one entry of work on a case; entry 0 stands for the case itself",
    key=("workspace_id", "case_id", "index"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("case_id", "int", "the inquiry or investigation"),
        Column("index", "int", "1 and up; 0: the case itself, which weighs nothing"),
        Column("reading", "int", "which reading of the case this is from; only the last counts"),
        Column("record", "string", "inquiry or investigation"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("topic", "string", "as last labelled", null_means="never labelled"),
        Column("entry", "string", "worked, interruption, or case"),
        Column("happened_us", "int", "when it was", null_means="the case itself"),
        Column("happened_on", "date", "that date in the workspace's zone", null_means="as above"),
        Column("week_on", "date", "the Monday of that week", null_means="as above"),
        Column("tier", "int", "the tier that worked or was called", null_means="nobody knows"),
        Column("job", "string", "the kind of job"),
        Column("spent_s", "int", "how long it took; 0 for an interruption"),
        Column("doubt", "string", "why not to add it up", null_means="no doubt"),
    ),
    version=2,  # a blind label no longer passes for the topic
    parted_by="workspace_id",
)
