"""Commands of accounts: members, sign-in links, API keys and workspaces."""
