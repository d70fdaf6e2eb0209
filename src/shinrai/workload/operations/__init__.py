"""Operations of work: measure presence."""
