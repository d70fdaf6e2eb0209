"""Mailboxes: mails become inquiries, answers become mails."""
