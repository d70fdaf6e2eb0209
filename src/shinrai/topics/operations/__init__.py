"""Operations of topics: change the codebook, choose the share of second labels."""
