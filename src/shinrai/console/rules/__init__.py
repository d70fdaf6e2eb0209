"""How moments, spans and shares are said, without Django: pages and reports share it."""
