"""The kinds of steps of an investigation, and when a person may take them (MEASURES §1)."""

from typing import Final, Literal, get_args

Kind = Literal[
    "filed",
    "acknowledged",
    "assigned",
    "consulted",
    "escalated",
    "returned",
    "sent_back",
    "resubmitted",
    "waiting",
    "resumed",
    "finding",
    "action_taken",
    "answered",
    "withdrawn",
    "reopened",
    "contradicted",
    "exempted",
    "note",
    "worked",
    "corrected",
    "erased",
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)

VERDICTS: Final = (
    "as_designed",
    "defect",
    "environment",
    "operation_error",
    "abuse",
    "unknown",
)
WAITING_ON: Final = ("customer", "third_party", "problem")
PAUSES: Final = ("sent_back", *WAITING_ON)

Phase = Literal["unfiled", "open", "sent_back", "waiting", "answered", "withdrawn"]

# In which phases a person may take a step. An imported step that does not fit is kept and flagged.
MAY: Final[dict[str, tuple[Phase, ...]]] = {
    "filed": ("unfiled",),
    "acknowledged": ("open",),
    "assigned": ("open", "sent_back", "waiting"),
    "consulted": ("open", "waiting"),
    "escalated": ("open", "waiting"),
    "returned": ("open", "waiting"),
    "sent_back": ("open",),
    "resubmitted": ("sent_back",),
    "waiting": ("open",),
    "resumed": ("waiting",),
    "finding": ("open", "waiting", "sent_back", "answered"),
    "action_taken": ("open", "waiting", "sent_back", "answered"),
    "answered": ("open", "waiting", "sent_back"),
    "withdrawn": ("open", "waiting", "sent_back"),
    "reopened": ("answered", "withdrawn"),
    "contradicted": ("answered",),
    "exempted": ("open", "waiting", "sent_back", "answered"),
    "note": ("open", "waiting", "sent_back", "answered", "withdrawn"),
    "worked": ("open", "waiting", "sent_back", "answered", "withdrawn"),
    "corrected": ("open", "waiting", "sent_back", "answered", "withdrawn"),
    "erased": ("open", "waiting", "sent_back", "answered", "withdrawn"),
}
