"""What topics publishes: which label counts as which topic, without names."""

from shinrai.warehouse.tables import Column, Table

TOPICS = Table(
    name="topics",
    grain="one label of which a codebook says something",
    key=("workspace_id", "label"),
    columns=(
        Column("workspace_id", "int", "the workspace"),
        Column("label", "string", "a topic's key, or a label as a source brought it"),
        Column("topic", "string", "the key of the topic it counts as today"),
        Column("codebook", "int", "the codebook's version that said so last"),
    ),
    parted_by="workspace_id",
)
