"""The commands of quality: the summary, and the sample of answers for review."""
