"""The kinds of steps of an inquiry, and in which phases a person may take them (MEASURES §1)."""

from typing import Final, Literal

Phase = Literal["unreceived", "open", "waiting", "solved", "closed", "cancelled"]

CHANNELS: Final = ("mail", "form", "phone", "chat", "forum", "sheet", "other")
MODES: Final = ("via_cs", "direct", "proactive")
WAITING_ON: Final = ("customer", "third_party", "problem")
CANCELLED_FOR: Final = ("spam", "duplicate", "merged", "mistake")

_LIVE: Final[tuple[Phase, ...]] = ("open", "waiting")
_ANY: Final[tuple[Phase, ...]] = ("open", "waiting", "solved", "closed", "cancelled")

# In which phases a person may take a step. An imported step that does not fit is kept and flagged.
MAY: Final[dict[str, tuple[Phase, ...]]] = {
    "received": ("unreceived",),
    "inbound": ("open", "waiting", "solved", "closed"),
    "outbound": ("open", "waiting", "solved", "closed"),
    "note": _ANY,
    "assigned": _LIVE,
    "escalated": _LIVE,
    "returned": _LIVE,
    "consulted": _LIVE,
    "waiting": ("open",),
    "resumed": ("waiting",),
    "labelled": _ANY,
    "worked": _ANY,
    "solved": _LIVE,
    "reopened": ("solved", "closed"),
    "closed": ("open", "waiting", "solved"),
    "restored": ("cancelled",),
    "cancelled": ("open", "waiting", "solved", "closed"),
    "split": ("open", "waiting", "solved", "closed"),
    "exempted": ("open", "waiting", "solved", "closed"),
    "rated": ("open", "waiting", "solved", "closed"),
    "corrected": _ANY,
    "erased": _ANY,
}
KINDS: Final[tuple[str, ...]] = tuple(MAY)
