"""Record contracts and payments: from rows, and from files."""
