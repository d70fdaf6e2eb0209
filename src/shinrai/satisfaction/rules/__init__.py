"""Pure rules of satisfaction: surveys, scores and their change."""
