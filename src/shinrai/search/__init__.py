"""Find texts by the character pairs they hold."""
