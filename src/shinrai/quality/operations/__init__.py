"""Operations of quality: choose a calendar, draw samples, store reviews."""
