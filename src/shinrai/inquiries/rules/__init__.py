"""The life of an inquiry: messages, holders, rests, and when it was solved."""
