"""Topics of inquiries: the codebook, its versions, and which label counts as which topic."""
