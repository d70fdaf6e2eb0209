"""Operations of accounts: each one transaction, with its author and its moment."""
