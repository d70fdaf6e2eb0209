"""From steps to entries of work, and from entries to what weighs."""
