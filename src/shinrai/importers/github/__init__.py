"""GitHub: the issues of a repository, with comments and every event of their timelines."""
