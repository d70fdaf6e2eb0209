"""Operations across packages: append a step and refresh its clocks."""
