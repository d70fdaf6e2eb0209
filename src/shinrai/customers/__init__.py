"""Who asked: people, companies, households."""
