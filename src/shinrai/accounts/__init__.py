"""Who works here: organisations, workspaces, members, roles, and who saw and did what."""
