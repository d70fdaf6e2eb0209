"""What we change, and whether it did what was hoped: declared before, judged by the page."""
