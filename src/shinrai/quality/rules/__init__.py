"""Rules of quality: facts of a case from its steps, and figures from counts; no database."""
