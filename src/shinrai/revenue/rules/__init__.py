"""What amounts, files and contracts mean, without a database."""
