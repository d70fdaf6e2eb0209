"""How an inquiry proceeds: messages, who has the work, pauses, and when it is solved."""
