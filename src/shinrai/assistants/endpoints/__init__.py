"""What assistants are answered: the tools, the protocol, and its addresses."""
