"""Run SQL of members in a child process that has no files, no network, and limits."""
