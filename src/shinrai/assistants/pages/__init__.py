"""Pages of assistants: how to connect one, and the consent to it."""
