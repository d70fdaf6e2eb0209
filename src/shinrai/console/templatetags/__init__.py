"""Template tags that all pages share: load them with `{% load console %}`."""
