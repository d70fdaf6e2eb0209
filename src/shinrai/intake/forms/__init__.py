"""Forms that a product embeds."""
