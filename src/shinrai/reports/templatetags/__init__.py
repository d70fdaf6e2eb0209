"""What a report draws and says."""
