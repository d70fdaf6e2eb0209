"""What pages of quality draw and say."""
