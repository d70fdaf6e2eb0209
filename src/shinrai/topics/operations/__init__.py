"""Operations: the codebook changes, and is published."""
