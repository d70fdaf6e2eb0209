"""Rules of reports: their dates, their first sentence, and their text as parts."""
