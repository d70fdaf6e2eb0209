"""Operations of the desk: take a step and refresh the clocks it moves."""
