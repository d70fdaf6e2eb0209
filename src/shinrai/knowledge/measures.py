"""Expressions over published tables: which answers were found wrong."""

import ibis.expr.types as ir


def wrong_answers(investigations: ir.Table, *, since_us: int) -> ir.Table:
    """Return the investigations whose answer was reopened or contradicted since a moment."""
    wrong = investigations.filter(investigations.wrong_us >= since_us)
    return wrong.select("case_id", "inquiry_id", "topic", "wrong_us")
