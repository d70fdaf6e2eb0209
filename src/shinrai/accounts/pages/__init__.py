"""Pages of accounts, and the decorators that check a member's permission."""
