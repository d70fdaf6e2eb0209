"""What pages of cases draw and say."""
