"""What is measured: counts over the published facts. They describe, and run nowhere."""
