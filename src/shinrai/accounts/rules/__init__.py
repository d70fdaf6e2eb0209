"""Rules of accounts: roles, permissions, and what a workspace may be called."""
