"""The measures: counts over published facts, as query expressions; nothing is executed here."""
