"""The operations of accounts: each is one transaction, recorded with its author and moment."""
