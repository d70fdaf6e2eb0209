"""Operations that write: append a step to a case and refresh the clocks it affects."""
