"""The commands of quality: the summary, and the sample that is judged."""
