"""Find a case by the key its source gave it, of whichever kind it is."""

from shinrai.ledger.queries import CaseHead, case_head

NUL = "\0"  # no key holds one, and PostgreSQL knows no such text


def find_case(*, workspace_id: int, key: str) -> CaseHead | None:
    """Give the case of a key; where both kinds share it, the inquiry."""
    if NUL in key:
        return None
    for record in ("inquiry", "investigation"):
        head = case_head(workspace_id=workspace_id, record=record, source_key=key)
        if head is not None:
            return head
    return None
