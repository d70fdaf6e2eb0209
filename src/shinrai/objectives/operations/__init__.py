"""Deeds with objectives: save one, refresh clocks, publish them, freeze verdicts."""
