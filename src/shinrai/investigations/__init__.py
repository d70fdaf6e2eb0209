"""What CS filed and CRE found."""
