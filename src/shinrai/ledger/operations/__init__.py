"""Operations of the ledger: batches, cases and steps."""
