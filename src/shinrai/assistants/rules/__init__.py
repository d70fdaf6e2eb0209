"""The decisions of assistants: what a message asks, and where an assistant may live."""
