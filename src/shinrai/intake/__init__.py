"""Input from where people work: mailboxes, Slack, other desks and forms, and the way back."""
