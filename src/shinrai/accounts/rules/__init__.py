"""Rules of accounts: roles, permissions, and valid workspace names, zones and addresses."""
