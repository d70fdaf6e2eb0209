"""From records of a source to tables that a mapping reads; see README.md."""
