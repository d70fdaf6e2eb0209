"""Other help desks: their tickets file investigations, one note there says how it stands."""
