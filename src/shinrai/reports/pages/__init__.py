"""Pages of reports: the report of a period, and the digest of a sprint."""
