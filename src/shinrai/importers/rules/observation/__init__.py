"""From a row of cells to what it says: facts without words, and words apart."""
