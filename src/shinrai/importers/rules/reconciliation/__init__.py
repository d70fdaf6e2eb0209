"""What a source says of its own cases beside what we compute, with a reason where they differ."""
