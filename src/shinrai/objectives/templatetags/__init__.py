"""What templates of any later room draw and say of an objective."""
