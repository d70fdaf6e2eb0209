"""Operations on objectives: save one, recompute clocks, publish them, freeze verdicts."""
