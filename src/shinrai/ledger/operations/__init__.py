"""Write operations of the ledger: batches, cases and steps."""
