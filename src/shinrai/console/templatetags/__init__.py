"""Template tags of the frame: load them with `{% load console %}`."""
