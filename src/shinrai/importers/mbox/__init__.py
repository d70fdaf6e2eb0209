"""Mail in files: mbox, Maildir, folders of .eml; threads become inquiries."""
