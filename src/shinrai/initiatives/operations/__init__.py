"""Operations of initiatives: steps of a declaration, and exposures."""
