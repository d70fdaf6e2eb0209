"""Work: minutes spent per kind of job, and how often tier 3 is interrupted."""
