"""Template tags that show objectives, for the pages of any package that uses this one."""
