"""Pages of missions for the team: what is reached, and what is declared."""
