"""What inquiries are about: the codebook, its versions, and which label counts as which topic."""
